import { noParameters, type WebhookParameters } from './parameters.js'

/** Twilio sends about thirty; SIP headers add some more. */
const MOST_PARAMETERS = 500

/** The body is not valid form data; `statusCode` makes Fastify answer 400. */
class BadForm extends Error {
  readonly statusCode = 400
}

/**
 * Parses a form body, checking it on the way: a general parser lets broken encodings through, and to look for them
 * in a pass of its own cost 3 µs a call. What Twilio would never send is refused.
 */
export function parseForm(body: string): WebhookParameters {
  if (body.includes('\uFFFD')) throw new BadForm('broken UTF-8')
  const params = noParameters()
  let count = 0
  for (let start = 0; start < body.length; ) {
    const next = body.indexOf('&', start)
    const end = next < 0 ? body.length : next
    count += 1
    checkCount(count)
    if (end > start) add(body, start, end, params)
    start = end + 1
  }
  checkNames(params)
  return params
}

/** Refuses parameters, however they came, that Twilio would never send. */
export function checkParameters(params: WebhookParameters): void {
  checkCount(Object.keys(params).length)
  checkNames(params)
}

function checkCount(count: number): void {
  if (count > MOST_PARAMETERS) throw new BadForm(`more than ${MOST_PARAMETERS} parameters`)
}

function checkNames(params: WebhookParameters): void {
  if (Object.hasOwn(params, '__proto__')) throw new BadForm('a parameter called __proto__')
}

/** Of a name that comes again, all values are kept in their order. */
function add(body: string, start: number, end: number, params: ReturnType<typeof noParameters>): void {
  const equals = body.indexOf('=', start)
  const cut = equals < 0 || equals > end ? end : equals
  const name = decode(body.slice(start, cut))
  const value = decode(body.slice(cut + 1, end))
  const earlier = params[name]
  if (earlier === undefined) params[name] = value
  else if (typeof earlier === 'string') params[name] = [earlier, value]
  else earlier.push(value)
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw new BadForm('broken percent-encoding')
  }
}
