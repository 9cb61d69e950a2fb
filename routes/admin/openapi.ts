import { z } from 'zod'
import { asAccepted } from '../../src/config/schema/json-schema.js'
import { type DescribedAnswer, errorAnswer, type Operation, serve, TAGS } from './operation.js'
import type { AdminPlugin } from './plugin.js'

type Json = Readonly<Record<string, unknown>>

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly description?: string }>>
  readonly required?: readonly string[]
}

/** What every operation may answer, whatever it is. */
const EVERYWHERE = {
  401: 'A bearer token is needed',
  403: 'The request comes from a web page, or `Host` is not in `admin.hosts`',
  503: 'Busy with calls; try again in a second',
  default: 'Any other error',
} as const
const WITH_INPUT = { 400: 'What is wrong with the request' }
const WITH_BODY = { ...WITH_INPUT, 415: 'The body is not `application/json`' }

const HEAD = {
  openapi: '3.1.0',
  info: {
    title: 'dialsip admin API',
    version: '1.0.0',
    description:
      'For operators, never for Twilio. Without `admin.tokens` in the config it is open to anyone who reaches the loopback address it listens on. A `Host` that is neither loopback, the address of the connection nor in `admin.hosts`, an `Origin` of another site and `Sec-Fetch-Site: cross-site` get 403; a body that is not JSON gets 415. Answers may get further keys.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [
    { url: 'http://127.0.0.1:9090', description: 'The admin listener; `admin.listen` sets another address' },
  ],
  security: [{}, { token: [] }],
  tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
}

/** The description of an API by OpenAPI 3.1. A schema with an `id` in its metadata is a component of this name. */
export function openapiOf(operations: readonly Operation[]): Json {
  const { schemaOf, components } = jsonSchemas(operations.flatMap(schemasIn))
  const paths: Record<string, Record<string, Json>> = {}
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: described(operation, schemaOf) }
  }
  return {
    ...HEAD,
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'One of `admin.tokens`' } },
      schemas: components,
    },
  }
}

type SchemaOf = (schema: z.ZodType) => Json

function schemasIn(operation: Operation): z.ZodType[] {
  const { params, query, headers, body } = operation
  const parts = [params, query, headers, body?.schema].filter((schema) => schema !== undefined)
  return [...parts, ...Object.values(answersOf(operation)).map(({ schema }) => schema)]
}

/** All schemas are made at once, so that those that share a component refer to the same one. */
function jsonSchemas(schemas: readonly z.ZodType[]): { schemaOf: SchemaOf; components: unknown } {
  const places = new Map([...new Set(schemas)].map((schema, at) => [schema, String(at)]))
  const all = z.object(Object.fromEntries([...places].map(([schema, place]) => [place, schema])))
  const made = z.toJSONSchema(all, { io: 'input', override: asAccepted })
  const { properties = {}, $defs = {} } = JSON.parse(JSON.stringify(made), named) as typeof made
  return {
    schemaOf: (schema) => properties[places.get(schema)!] as Json,
    components: Object.fromEntries(Object.entries($defs).map(([id, schema]) => [componentName(id), schema])),
  }
}

/** References as OpenAPI writes them. */
function named(key: string, value: unknown): unknown {
  const id = key === '$ref' && typeof value === 'string' ? /^#\/\$defs\/(.+)$/.exec(value)?.[1] : undefined
  return id === undefined ? value : `#/components/schemas/${componentName(id)}`
}

function componentName(id: string): string {
  return id.charAt(0).toUpperCase() + id.slice(1)
}

function described(operation: Operation, schemaOf: SchemaOf): Json {
  const { id, tag, summary, description, body } = operation
  const parameters = parametersOf(operation, schemaOf)
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: body.required ?? false, ...content(body, schemaOf) },
    }),
    responses: Object.fromEntries(
      Object.entries(answersOf(operation)).map(([status, answer]) => [status, content(answer, schemaOf)]),
    ),
  }
}

function content(
  { description, schema, type = 'application/json' }: DescribedAnswer,
  schemaOf: SchemaOf,
): Json {
  return { description, content: { [type]: { schema: schemaOf(schema) } } }
}

function answersOf({ method, query, answer, errors = {} }: Operation): Record<string, DescribedAnswer> {
  const wrong = method === 'POST' ? WITH_BODY : query && WITH_INPUT
  const failed = Object.entries({ ...EVERYWHERE, ...wrong, ...errors }).map(
    ([status, error]) =>
      [status, typeof error === 'string' ? { description: error, schema: errorAnswer } : error] as const,
  )
  return { [answer.status ?? 200]: answer, ...Object.fromEntries(failed) }
}

function parametersOf({ params, query, headers }: Operation, schemaOf: SchemaOf): Json[] {
  return [
    ...parametersIn('path', params),
    ...parametersIn('query', query),
    ...parametersIn('header', headers),
  ]

  function parametersIn(place: string, schema: z.ZodObject | undefined): Json[] {
    if (!schema) return []
    const { properties = {}, required = [] } = schemaOf(schema) as ObjectSchema
    return Object.entries(properties).map(([name, { description, ...value }]) => ({
      name,
      in: place,
      required: required.includes(name),
      ...(description !== undefined && { description }),
      schema: value,
    }))
  }
}

/** `GET /api/openapi.json`: this API, described. `operations` are known when all routes are there. */
export const openapiApi: AdminPlugin = (app, { operations }, done) => {
  let description: Json | undefined
  serve(
    app,
    {
      method: 'GET',
      path: '/api/openapi.json',
      id: 'getOpenApi',
      tag: 'server',
      summary: 'This description',
      answer: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) },
    },
    () => {
      description ??= openapiOf(operations)
      return description as { openapi: string }
    },
  )
  done()
}
