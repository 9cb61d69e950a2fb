import { parse } from 'fast-querystring'
import type { WebhookParameters } from '../src/twilio/parameters.js'

/** Twilio sends about thirty; SIP headers add some more. */
const MOST_PARAMETERS = 500

/** A form that is none; `statusCode` makes Fastify answer 400. */
class BadForm extends Error {
  readonly statusCode = 400
}

/** Parses a form body. What Twilio would never send is refused before any work is done on it. */
export function parseForm(body: string): WebhookParameters {
  if (countPairs(body) > MOST_PARAMETERS) throw new BadForm(`more than ${MOST_PARAMETERS} parameters`)
  if (!isWellFormed(body)) throw new BadForm('broken percent-encoding')
  const params = parse(body) as WebhookParameters
  if (Object.hasOwn(params, '__proto__')) throw new BadForm('a parameter called __proto__')
  return params
}

function countPairs(body: string): number {
  let count = 1
  for (let at = body.indexOf('&'); at >= 0; at = body.indexOf('&', at + 1)) count += 1
  return count
}

/** `%` must be followed by two hexadecimal digits, and the bytes must be UTF-8. */
function isWellFormed(body: string): boolean {
  if (/%(?![0-9A-Fa-f]{2})/.test(body)) return false
  // ASCII alone cannot be broken UTF-8, and most webhooks are that
  if (!/%[89A-Fa-f]/.test(body)) return !body.includes('\uFFFD')
  try {
    decodeURIComponent(body)
    return true
  } catch {
    return false
  }
}
