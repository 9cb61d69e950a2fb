import type { z } from 'zod'

/** What a request cannot be done for; the caller gets the message, and `status` as the HTTP status. */
export function refusal(status: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode: status })
}

/** The body of a request by its schema. Throws a refusal (400) that names the first thing that is wrong. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const { data, error } = schema.safeParse(body ?? {})
  if (!error) return data as T
  const { path, message } = error.issues[0]!
  throw refusal(400, path.length > 0 ? `${path.join('.')}: ${message}` : message)
}
