import type { DialContext as Context } from '../../dial/dial-context.js'
import { hopsIn } from '../../dial/hops-in.js'
import { type Layer, placeIn } from '../../dial/layers.js'
import { below, type Origin } from '../../errors/origin.js'
import type { Problem } from '../../errors/problem.js'
import type { Reporter } from '../../errors/reporter.js'
import type { DialEntry } from '../../model/config.js'

/** What dialsip learns of a leg by each step of its progress. */
const LEARNT: Readonly<Record<string, string>> = {
  ringing: 'whether it rings and its post-dial delay',
  answered: 'which of several endpoints answers',
  completed: 'when it ends (its slot is free when the whole dial has ended)',
}

/** Warns of progress that is told to somebody else, or not at all: Twilio tells it to one URL. */
export function lintProgress(
  source: Readonly<Record<string, unknown>>,
  origin: Origin,
  report: Reporter,
): void {
  const { statusCallback, statusCallbackEvent } = source
  if (typeof statusCallback === 'string') {
    report.add(progressElsewhere(statusCallback), below(origin, 'statusCallback'))
  } else if (statusCallbackEvent !== undefined) {
    const missing = Object.keys(LEARNT).filter((event) => ![statusCallbackEvent].flat().includes(event))
    if (missing.length > 0) report.add(progressUnheard(missing), below(origin, 'statusCallbackEvent'))
  }
}

function progressElsewhere(found: string): Problem {
  return {
    code: 'status-callback',
    message:
      'the progress of this leg goes to a URL of yours and not to dialsip, which then does not know ' +
      Object.values(LEARNT).join(', '),
    expected: 'no statusCallback: dialsip asks for the progress itself',
    found,
    help: 'remove statusCallback, or go without; a no-answer without a SIP code is then unreachable',
  }
}

function progressUnheard(missing: readonly string[]): Problem {
  return {
    code: 'status-callback',
    message: `dialsip is not told ${missing.join(', ')} of this leg, so it does not know ${missing.map((event) => LEARNT[event]).join(', ')}`,
    expected: Object.keys(LEARNT).join(', '),
    help: 'remove statusCallbackEvent: dialsip asks for all steps itself',
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
  usual: readonly string[],
  steps: readonly DialEntry[],
  { saysState, lintedFailover, report }: Context,
): void {
  const layer = layers.find(({ value }) => value.failoverOn !== undefined)
  if (saysState || !layer || lintedFailover.has(layer.value)) return
  const classes = layer.value.failoverOn as readonly string[]
  const [found, other] = BY_RINGING.filter((name) => classes.includes(name))
  if (found === undefined || other !== undefined || isSame(classes, usual) || hopsIn(steps).length < 2) return
  lintedFailover.add(layer.value)
  report.add(ringingUnshared(found), placeIn(layers, 'failoverOn'))
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name) => others.includes(name))
}

function ringingUnshared(found: string): Problem {
  const other = BY_RINGING.find((name) => name !== found)
  return {
    code: 'ringing-unshared',
    message: `the next hop is tried after ${found} and not after ${other}; without a SIP code only the replica that has heard the phone ring can tell one from the other`,
    expected: 'state: redis://…, by which replicas share what they hear, or both classes',
    found,
    help: 'set state to the URL of a Redis; with one replica write state: memory',
  }
}
