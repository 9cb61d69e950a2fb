import type { FastifyServerOptions } from 'fastify'

/**
 * A part of Fastify's options: no route has a schema of Fastify's, since requests are checked by zod or by hand. Without
 * this, Fastify loads what compiles such schemas (ajv, fast-json-stringify), and a start takes a tenth longer.
 */
export const NO_SCHEMAS = {
  schemaController: { compilersFactory: { buildValidator: refuse, buildSerializer: refuse } },
} satisfies FastifyServerOptions

function refuse(): never {
  throw new Error('a route has a schema of Fastify’s, which nothing compiles (routes/no-schemas.ts)')
}
