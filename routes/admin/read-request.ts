import type { z } from 'zod'
import { type ShapeProblem, zodProblems } from '../../src/config/schema/zod-problems.js'
import { pathText } from '../../src/errors/problem.js'
import { didYouMean, suggest } from '../../src/errors/suggest.js'
import { Findings } from '../../src/outbound/call-request.js'

/** Why a request cannot be answered; the caller gets the message, and `status` as the HTTP status. */
export function refusal(status: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode: status })
}

/** The body of a request by its schema. Throws a refusal (400) that names the first thing that is wrong. */
export function readBody(schema: z.ZodType | undefined, body: unknown): unknown {
  return schema ? read(schema, body ?? {}, 400) : body
}

/** The parameters of a path by their schema. Throws a refusal (404): nothing is there. */
export function readParams(schema: z.ZodObject | undefined, params: unknown): unknown {
  return schema ? read(schema, params, 404) : params
}

/** The query by its schema. Throws a refusal (400), also for a parameter that is not known: its sender expects something of it. */
export function readQuery(schema: z.ZodObject | undefined, query: object): unknown {
  if (!schema) return query
  const known = Object.keys(schema.shape)
  const stray = Object.keys(query).find((name) => !known.includes(name))
  if (stray !== undefined) throw refusal(400, unknownParameter(stray, known))
  return read(schema, query, 400)
}

function read(schema: z.ZodType, value: unknown, status: number): unknown {
  const { data, error } = schema.safeParse(value)
  if (!error) return data
  throw refusal(status, said(zodProblems(error, value, schema)[0]!))
}

/** A value is named; the name of a key is in the message already. */
function said({ path, problem, part }: ShapeProblem): string {
  const findings = new Findings()
  findings.add(problem, ...path)
  const [{ path: where, problem: shown }] = findings.all as [Findings['all'][number]]
  return part === 'key' || where.length === 0 ? shown.message : `${pathText(where)}: ${shown.message}`
}

/** More of a name is not repeated. */
const LONGEST = 100

function unknownParameter(stray: string, known: readonly string[]): string {
  const shown = stray.length > LONGEST ? `${stray.slice(0, LONGEST)}…` : stray
  return `there is no parameter "${shown}" here, only ${known.join(', ')}${didYouMean(suggest(stray, known))}`
}
