/** An answer or a request body in JSON. */
export function json(description: string, schema: object): object {
  return { description, content: { 'application/json': { schema } } }
}

/** A schema by its name. */
export function schema(name: string): object {
  return { $ref: `#/components/schemas/${name}` }
}

/** The answer to a request without a token of `admin.tokens`. */
export const noToken = { 401: { $ref: '#/components/responses/NoToken' } }
