import { ownText } from '../call/call.js'
import type { OutcomeClass } from '../call/outcome.js'
import { endpointsIn } from '../dial/plan.js'
import type { NoProgressResult } from '../state/progress-watch.js'

/** What one replica remembers of a call. Routing does not depend on it: a forgotten call goes on. */
export interface CallRecord {
  readonly callSid: string
  /** Epoch milliseconds of the first webhook that this replica saw. */
  readonly since: number
  from: string
  to: string
  route: string
  rule: string
  /** The last verb of the TwiML that the call got last; empty while this replica has not answered it. */
  verb: string
  /** Whether this replica has placed it. */
  placed: boolean
  /** What came of a call that rang nowhere: of one that was placed and never answered, or whose caller has left. */
  ended: OutcomeClass | undefined
  hops: readonly HopRecord[]
  /** Endpoints of which a `ringing` callback came. */
  rang: readonly string[]
  /** Endpoints of which a callback said that they answered. */
  answered: readonly string[]
  /** The CallSids of legs of which a callback came since a hop ended last. */
  legs: readonly string[]
  /** Where the last of its webhooks is kept. */
  lastWebhook: number | undefined
  finished: boolean
  /** From the first webhook to the end; undefined until then. */
  seconds: number | undefined
}

/** A hop of a call: when it began to ring, and what came of it. */
export interface HopRecord {
  readonly hop: string
  /** Which step of which dial it is; empty where another replica has dialled it. */
  readonly step: string
  readonly since: number
  outcome: OutcomeClass | undefined
  /** The SIP response code that the outcome came with. */
  code: number | undefined
  seconds: number | undefined
  /** What came of its legs of which nothing was heard in time (`noProgress`), by endpoint. */
  noProgress: Readonly<Record<string, NoProgressResult>> | undefined
}

/** No call rings so many hops: more of them are repeated webhooks. */
const MOST_HOPS = 50

const NOBODY: readonly string[] = []

/** The record of a call of which nothing is known yet. */
export function newRecord(callSid: string, now: number): CallRecord {
  return {
    callSid: ownText(callSid),
    since: now,
    from: '',
    to: '',
    route: '',
    rule: '',
    verb: '',
    placed: false,
    ended: undefined,
    hops: [],
    rang: NOBODY,
    answered: NOBODY,
    legs: NOBODY,
    lastWebhook: undefined,
    finished: false,
    seconds: undefined,
  }
}

/** Whether this replica has answered or placed the call: it also gets callbacks of calls that other replicas answer. */
export function isKnown({ verb, placed }: CallRecord): boolean {
  return verb !== '' || placed
}

/** Notes that this replica has placed a call. */
export function notePlaced(record: CallRecord, { from, to }: Pick<CallRecord, 'from' | 'to'>): void {
  record.placed = true
  record.from = from
  record.to = to
}

/**
 * Notes that a hop rings. When Twilio repeats a webhook nobody is rung again: the hop of the latest answer replaces
 * the one that still rings. For a hop that has ended, `isRepeated` says whether the webhook was repeated.
 */
export function noteHop(
  record: CallRecord,
  { hop, step }: Pick<HopRecord, 'hop' | 'step'>,
  now: number,
  isRepeated: () => boolean,
): void {
  const known = record.hops.findLast((one) => one.step === step)
  if (known && known.outcome === undefined) {
    if (known.hop === hop) return
    record.hops = record.hops.filter((one) => one !== known)
  } else if (known && isRepeated()) return
  keepHop(record, newHop(hop, step, now))
}

/** A hop of which nothing is known yet; every one has the same keys. */
function newHop(hop: string, step: string, since: number): HopRecord {
  return {
    hop,
    step,
    since,
    outcome: undefined,
    code: undefined,
    seconds: undefined,
    noProgress: undefined,
  }
}

/** Notes what came of a leg of which nothing was heard in time, at the hop that rang this endpoint last. */
export function noteNoProgress(record: CallRecord, endpoint: string, result: NoProgressResult): void {
  const hop = record.hops.findLast((one) => endpointsIn(one.hop).includes(endpoint))
  if (hop) hop.noProgress = { ...hop.noProgress, [endpoint]: result }
}

function keepHop(record: CallRecord, hop: HopRecord): void {
  record.hops = record.hops.length === 0 ? [hop] : [...record.hops.slice(1 - MOST_HOPS), hop]
}

/** Notes that a leg of it rings, or is about to. */
export function noteLegOf(record: CallRecord | undefined, leg: string): void {
  if (record && !record.legs.includes(leg)) record.legs = [...record.legs.slice(1 - MOST_HOPS), leg]
}

/** The legs that were heard of since this was asked last. */
export function takeLegs(record: CallRecord): readonly string[] {
  const { legs } = record
  record.legs = NOBODY
  return legs
}

/** Notes what came of the hop that rang last under this name. */
export function noteOutcome(
  record: CallRecord,
  hop: string,
  outcome: OutcomeClass,
  now: number,
  code?: number,
): void {
  const ringing = record.hops.findLast((one) => one.hop === hop && one.outcome === undefined)
  if (ringing) {
    ringing.outcome = outcome
    ringing.code = code
    ringing.seconds = (now - ringing.since) / 1000
  } else {
    keepHop(record, { ...newHop(hop, '', now), outcome, code })
  }
}

/**
 * What came of a hop of a call that is over. The ends of a call and of its last hop come with two webhooks that may
 * arrive in any order: while the hop still waits, it was answered, or the caller has hung up.
 */
export function hopOutcome({ hop, outcome }: HopRecord, { answered }: CallRecord): OutcomeClass {
  if (outcome) return outcome
  return endpointsIn(hop).some((endpoint) => answered.includes(endpoint)) ? 'answered' : 'canceled'
}

/** What a call that is over ended as: the outcome of its last hop, or the last verb of one that rang nowhere; or its own. */
export function callOutcome(record: CallRecord, verb: string): string {
  const last = record.hops.at(-1)
  return last ? hopOutcome(last, record) : (record.ended ?? verb)
}
