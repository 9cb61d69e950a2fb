import { type CallRecord, hopOutcome } from './call-record.js'

/** A recent call in one line of a list. */
export function summaryOf(record: CallRecord) {
  const { callSid, since, from, to, route, rule, verb, finished, seconds, hops } = record
  return {
    callSid,
    at: new Date(since).toISOString(),
    from,
    to,
    route,
    rule,
    hops: hops.map((hop) => ({
      hop: hop.hop,
      at: new Date(hop.since).toISOString(),
      outcome: finished ? hopOutcome(hop, record) : hop.outcome,
      code: hop.code,
      seconds: hop.seconds,
    })),
    outcome: finished ? callOutcome(record, verb) : undefined,
    seconds,
  }
}

/** What a call that is over ended as: the outcome of its last hop, or the last verb of one that rang nowhere; or its own. */
export function callOutcome(record: CallRecord, verb: string): string {
  const last = record.hops.at(-1)
  return last ? hopOutcome(last, record) : (record.ended ?? verb)
}
