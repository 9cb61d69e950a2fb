import { z } from 'zod'
import { pathText } from '../../src/errors/problem.js'
import type { CheckedRequest, RequestFinding } from '../../src/outbound/call-request.js'
import type { Answer } from '../../src/outbound/idempotency.js'
import { LineFull, NobodyWaits } from '../../src/outbound/pace.js'
import { NoCredentials, TwilioFailure } from '../../src/rest/failure.js'
import { errorAnswer, type Plain } from './operation.js'

export const findingSchema = z
  .object({
    path: z.string().describe('The key that it is about; empty for the whole request'),
    code: z.string().describe('See docs/errors.md'),
    message: z.string(),
    expected: z.string().optional(),
    found: z.string().optional(),
    help: z.string().optional(),
  })
  .meta({ id: 'Finding' })

/** Everything that is wrong with a request. */
export const refusedSchema = errorAnswer
  .extend({ errors: z.array(findingSchema).optional(), warnings: z.array(findingSchema).optional() })
  .meta({ id: 'Refused' })

/** Why Twilio has done nothing, or perhaps nothing. */
export const failureSchema = errorAnswer
  .extend({
    effect: z
      .enum(['none', 'unknown'])
      .optional()
      .describe('Whether the request may have had an effect at Twilio all the same'),
    twilio: z
      .object({
        status: z.int(),
        code: z.int().optional(),
        message: z.string(),
        moreInfo: z.url().optional(),
      })
      .optional(),
  })
  .meta({ id: 'Failure' })

/** A finding as the API shows it. */
export function findingBody({ path, problem }: RequestFinding): Plain<z.output<typeof findingSchema>> {
  return { path: pathText(path), ...problem }
}

/** 422: everything that is wrong with a request, before Twilio is asked. */
export function refusedAnswer({ errors, warnings }: CheckedRequest): Answer {
  const body = {
    error: 'the request for a call has errors',
    errors: errors.map(findingBody),
    warnings: warnings.map(findingBody),
  }
  return { status: 422, body, harmless: true }
}

/**
 * Twilio's refusal with its own status; 503 when Twilio was not reached, 504 when it gave no answer, 502 when it does
 * not know us, 429 when too many calls wait here, 408 when the one who asked has gone. Anything else is thrown on.
 */
export function failedAnswer(error: unknown): Answer {
  if (error instanceof TwilioFailure) {
    const { message, effect, refusal } = error
    const status = refusal?.status ?? (effect === 'none' ? 503 : 504)
    const body = { error: message, effect, ...(refusal && { twilio: refusal }) }
    return { status, body, harmless: effect === 'none' }
  }
  if (error instanceof NoCredentials)
    return { status: 502, body: { error: error.message, effect: 'none' }, harmless: true }
  if (error instanceof NobodyWaits)
    return { status: 408, body: { error: error.message, effect: 'none' }, harmless: true }
  if (error instanceof LineFull)
    return {
      status: 429,
      body: { error: error.message, effect: 'none' },
      harmless: true,
      retryAfter: error.seconds,
    }
  throw error
}
