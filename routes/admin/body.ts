import type { z } from 'zod'
import { didYouMean, suggest } from '../../src/errors/suggest.js'

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

/** Throws a refusal (400) for a query with a parameter that is not known: its sender expects something of it. */
export function checkQuery(query: object, known: readonly string[]): void {
  const stray = Object.keys(query).find((name) => !known.includes(name))
  if (stray === undefined) return
  const meant = suggest(stray, known)
  const hint = didYouMean(meant)
  const shown = stray.length > LONGEST ? `${stray.slice(0, LONGEST)}…` : stray
  throw refusal(400, `there is no parameter "${shown}" here, only ${known.join(', ')}${hint}`)
}

/** More of a name is not repeated. */
const LONGEST = 100
