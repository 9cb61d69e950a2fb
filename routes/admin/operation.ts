import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { readBody, readParams, readQuery } from './read-request.js'

type Keys = z.ZodObject
type NoKeys = z.ZodObject<Record<never, never>>

/** An answer: what it means, and what it holds. */
export interface DescribedAnswer<S extends z.ZodType = z.ZodType> {
  readonly description: string
  readonly schema: S
  /** Default: 200. */
  readonly status?: number
  /** Default: application/json. */
  readonly type?: string
}

interface DescribedBody<B extends z.ZodType> {
  readonly description: string
  readonly schema: B
  /** Whether a request without a body is refused. Default: false. */
  readonly required?: boolean
  /** Whether the handler checks it, because it says more than the first error. Default: the schema does. */
  readonly isCheckedByHandler?: boolean
}

/** The groups of operations in the description. */
export const TAGS = {
  calls: 'Calls that dialsip places by Twilio’s REST API',
  state: 'The state of the endpoints, and what is set by hand',
  server: 'The config of the server, its calls, and whether it runs',
} as const

/** A request that the admin API takes, by OpenAPI 3.1: what `GET /api/openapi.json` says of it is made from this. */
export interface Operation<
  P extends Keys = Keys,
  Q extends Keys = Keys,
  B extends z.ZodType = z.ZodType,
  S extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** As Fastify writes it: `/api/endpoints/:name/drain`. */
  readonly path: string
  /** A name for generated clients, unique in the API. */
  readonly id: string
  readonly tag: keyof typeof TAGS
  readonly summary: string
  readonly description?: string
  /** Of the path. What does not fit is answered with 404. Default: any text. */
  readonly params?: P
  /** What does not fit, and a parameter that is not here, is answered with 400. Default: nothing is read. */
  readonly query?: Q
  /** For the description: the handler reads and checks them. */
  readonly headers?: Keys
  readonly body?: DescribedBody<B>
  readonly answer: DescribedAnswer<S>
  /** By HTTP status; a text alone describes an `Error`. */
  readonly errors?: Readonly<Record<number | string, string | DescribedAnswer>>
}

/** A request that was read by the schemas of its operation. */
export interface OperationRequest<P extends Keys, Q extends Keys, B extends z.ZodType> {
  readonly params: z.output<P>
  readonly query: z.output<Q>
  readonly body: z.output<B>
  readonly request: FastifyRequest
}

/** Plain data of a type, which the answer does not change. */
export type Plain<T> = T extends object ? { readonly [K in keyof T]: Plain<T[K]> } : T

type Handled<S extends z.ZodType> = Plain<z.output<S>> | FastifyReply

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a route of the admin listener takes and answers. */
    operation?: Operation
  }
}

/** An error of the API. */
export const errorAnswer = z
  .object({ error: z.string().describe('What is wrong, in a sentence') })
  .meta({ id: 'Error' })

/**
 * Answers an operation. The request is read by its schemas, and refused if it does not fit; what `handle` returns is
 * the answer, unless it sends another itself or throws a `refusal`.
 */
export function serve<
  S extends z.ZodType,
  P extends Keys = NoKeys,
  Q extends Keys = NoKeys,
  B extends z.ZodType = z.ZodUndefined,
>(
  app: FastifyInstance,
  operation: Operation<P, Q, B, S>,
  handle: (asked: OperationRequest<P, Q, B>, reply: FastifyReply) => Handled<S> | Promise<Handled<S>>,
): void {
  const { method, path: url, params, query, body, answer } = operation
  app.route({
    method,
    url,
    config: { operation: operation as unknown as Operation },
    handler(request, reply) {
      const asked = {
        query: readQuery(query, request.query as object),
        params: readParams(params, request.params),
        body: readBody(body?.isCheckedByHandler ? undefined : body?.schema, request.body),
        request,
      }
      reply.code(answer.status ?? 200)
      return handle(asked as OperationRequest<P, Q, B>, reply)
    },
  })
}
