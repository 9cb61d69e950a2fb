import { pathText } from '../../src/errors/problem.js'
import type { CheckedRequest, RequestFinding } from '../../src/outbound/call-request.js'
import type { Answer } from '../../src/outbound/idempotency.js'
import { LineFull, NobodyWaits } from '../../src/outbound/pace.js'
import { NoCredentials, TwilioFailure } from '../../src/rest/failure.js'

/** A finding as the API tells it. */
export function findingBody({ path, problem }: RequestFinding): Record<string, unknown> {
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
