import { z } from 'zod'
import { FINAL_CLASSES, OUTCOME_CLASSES, type OutcomeClass } from '../call/outcome.js'
import { below } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import { didYouMean, suggest } from '../errors/suggest.js'
import { type DialEntry, hopsIn } from '../model/config.js'
import { listOf } from '../schema/scalars.js'
import type { DialContext } from './dial-context.js'
import { type Layer, placeIn, settingIn } from './settings.js'

/** The default of `failoverOn`: the endpoint could not take the call, and no person has refused it. */
export const FAILOVER_ON: readonly string[] = ['unreachable', 'serverError', 'rejected']

/** Whether the next hop is tried after an outcome: its class or its SIP code is in `failoverOn`. */
export function triesNextHop(
  failoverOn: readonly string[],
  outcome: OutcomeClass,
  code: number | undefined,
): boolean {
  return failoverOn.includes(outcome) || failoverOn.includes(String(code))
}

export const failoverSchema = listOf(z.string('an outcome class, a SIP code, or any'))

/** The classes that `failoverOn` may hold: after the others nobody is rung, whatever the config says. */
const FAILOVER_CLASSES: readonly string[] = OUTCOME_CLASSES.filter((name) => !FINAL_CLASSES.includes(name))

/** The word for all of them. */
const ANY = 'any'

/** The outcomes after which the next hop of a dial is tried, by the first of its layers that says so. */
export function compileFailoverOn(layers: readonly Layer[], { report }: DialContext): readonly string[] {
  const written = settingIn(layers, 'failoverOn') as readonly string[] | undefined
  if (written?.includes(ANY)) {
    if (written.length > 1) report.add(anyWithOthers, placeIn(layers, 'failoverOn'))
    return FAILOVER_CLASSES
  }
  for (const [at, entry] of written?.entries() ?? []) {
    if (!isFailoverEntry(entry)) report.add(notFailover(entry), below(placeIn(layers, 'failoverOn'), at))
  }
  return written ?? FAILOVER_ON
}

const anyWithOthers: Problem = {
  code: 'failover-class',
  message: 'any is every outcome class already, so nothing else can be next to it',
  expected: 'any alone, or classes and SIP codes',
  help: 'write failoverOn: any',
}

function isFailoverEntry(entry: string): boolean {
  return FAILOVER_CLASSES.includes(entry) || /^[3-6]\d\d$/.test(entry)
}

function notFailover(found: string): Problem {
  const meant = suggest(found, [...FAILOVER_CLASSES, ANY])
  return {
    code: 'failover-class',
    message: `"${found}" is neither an outcome class nor a SIP code${didYouMean(meant)}`,
    expected: `${FAILOVER_CLASSES.join(', ')}, any of them (any), or a SIP code from 300 to 699`,
    found,
    help: meant ? `write ${meant}` : 'write a class such as unreachable, or a code such as 503',
  }
}

/** The classes that only a `ringing` callback tells apart, where there is no SIP code. */
const BY_RINGING = ['unreachable', 'noAnswer']

/**
 * Warns where it matters which replica has heard a phone ring: a `failoverOn` of the user's own goes on after one of
 * the classes that this tells apart and not after the other, and nothing says whether there are other replicas.
 */
export function lintRinging(
  layers: readonly Layer[],
  entries: readonly DialEntry[],
  { saysState, report }: DialContext,
): void {
  const layer = layers.find(({ value }) => value.failoverOn !== undefined)
  if (saysState || !layer) return
  const classes = layer.value.failoverOn as readonly string[]
  const [found, other] = BY_RINGING.filter((name) => classes.includes(name))
  if (
    found === undefined ||
    other !== undefined ||
    isSame(classes, FAILOVER_ON) ||
    hopsIn(entries).length < 2
  )
    return
  report.add(ringingUnshared(found), placeIn(layers, 'failoverOn'))
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name) => others.includes(name))
}

function ringingUnshared(found: string): Problem {
  const other = BY_RINGING.find((name) => name !== found)
  return {
    code: 'ringing-unshared',
    message: `the next hop is tried after ${found} and not after ${other}; without a SIP code only the replica that has heard the phone ring knows which it was`,
    expected: 'state: redis://…, by which replicas share what they hear, or both classes',
    found,
    help: 'set state to the URL of a Redis; with one replica write state: memory',
  }
}
