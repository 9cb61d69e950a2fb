import { adHocId } from '../dial/ad-hoc.js'
import { queryString } from '../dial/plan.js'
import type { Problem } from '../errors/problem.js'
import { unknownName } from '../errors/references.js'
import { notFor } from '../for-account.js'
import { ANSWERED_BY, type CallSource, MOST_HOPS } from './call-request.js'
import { type AdHocContext, dialEntries } from './dial-entries.js'

/**
 * In characters. The URLs of later hops hold the dial and its hops once more, and Node.js answers 431 to a request
 * line and headers of more than 16 kB.
 */
const LONGEST_URL = 4000

/** Parameters that have an effect only next to one of others. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  called: ['route', 'dial'],
  method: ['url'],
  fallbackMethod: ['fallbackUrl'],
  asyncAmdStatusCallback: ['asyncAmd'],
  asyncAmdStatusCallbackMethod: ['asyncAmdStatusCallback'],
  recordingStatusCallbackMethod: ['recordingStatusCallback'],
  recordingStatusCallbackEvent: ['recordingStatusCallback'],
}

/** Twilio ignores these when an application answers. */
const WITHOUT_EFFECT = [
  ...['method', 'fallbackUrl', 'fallbackMethod'],
  ...['statusCallback', 'statusCallbackEvent', 'statusCallbackMethod'],
]

/**
 * The parameters that say what happens when the call is answered. `given` are the keys of the request, valid or not,
 * so that a parameter that is there with a wrong value is not called missing.
 */
export function whenAnswered(
  source: CallSource,
  given: readonly string[],
  context: AdHocContext,
): Record<string, string> {
  const { findings } = context
  const forms = ANSWERED_BY.filter((form) => given.includes(form))
  if (forms.length !== 1) findings.add(forms.length === 0 ? nothing : tooMuch(forms))
  for (const [key, needed] of Object.entries(NEEDS)) {
    if (given.includes(key) && !needed.some((one) => given.includes(one)))
      findings.add(pointless(key, needed), key)
  }
  if (given.includes('applicationSid')) {
    for (const key of WITHOUT_EFFECT.filter((name) => given.includes(name)))
      findings.add(overApplication(key), key)
  }
  const { url, twiml, applicationSid } = source
  const own = ownUrl(source, context)
  return {
    ...(url !== undefined && { url }),
    ...(twiml !== undefined && { twiml }),
    ...(applicationSid !== undefined && { applicationSid }),
    ...(own !== undefined && { url: own }),
  }
}

/** The URL under which dialsip answers for a route or an ad-hoc dial; keys sorted, see `planQuery`. */
function ownUrl({ route, dial, called = '' }: CallSource, context: AdHocContext): string | undefined {
  const { config, whole, account, findings } = context
  const base = `${config.publicUrl.href}/outbound`
  if (route !== undefined) {
    const why = account && notFor(whole, route, { accountSid: account.sid })
    if (why) findings.add(ofOthers(why, route), 'route')
    else if (!config.routes.has(route)) findings.add(unknownName('route', route, config.routes), 'route')
    return `${base}?${queryString({ called, route })}`
  }
  if (dial === undefined) return undefined
  if (dial.length === 0 || dial.length > MOST_HOPS) findings.add(hopCount(dial.length), 'dial')
  const url = `${base}?${queryString({ called, dial: adHocId(dialEntries(dial, context)) })}`
  if (url.length > LONGEST_URL) findings.add(longUrl(url.length), 'dial')
  return url
}

function ofOthers(message: string, found: string): Problem {
  return {
    code: 'unknown-route',
    message,
    expected: 'a route for the account that places the call',
    found,
    help: 'name another account or another route',
  }
}

const nothing: Problem = {
  code: 'missing-key',
  message: 'nothing says what happens when the call is answered',
  expected: `one of ${ANSWERED_BY.join(', ')}`,
  help: `add one of ${ANSWERED_BY.join(', ')}`,
}

function tooMuch(forms: readonly string[]): Problem {
  return {
    code: 'conflicting-keys',
    message: `${forms.join(' and ')} cannot be used together`,
    expected: `exactly one of ${ANSWERED_BY.join(', ')}`,
    found: forms.join(', '),
    help: 'keep one of them',
  }
}

function pointless(key: string, needed: readonly string[]): Problem {
  return {
    code: 'conflicting-keys',
    message: `${key} has no effect without ${needed.join(' or ')}`,
    expected: needed.join(' or '),
    found: key,
    help: `remove ${key}, or add ${needed[0]}`,
  }
}

function overApplication(key: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `Twilio ignores ${key} when there is an applicationSid`,
    expected: `${key} at the application`,
    found: key,
    help: `remove ${key}`,
  }
}

function longUrl(length: number): Problem {
  return {
    code: 'out-of-range',
    message: `the hops make a URL of ${length} characters`,
    expected: `at most ${LONGEST_URL}`,
    found: String(length),
    help: 'give long SIP URIs a name under endpoints, or the whole list one under groups',
  }
}

function hopCount(count: number): Problem {
  return {
    code: 'out-of-range',
    message: `dial holds ${count} hops`,
    expected: `from 1 to ${MOST_HOPS}`,
    found: String(count),
    help: 'name the hops that ring, one after the other',
  }
}
