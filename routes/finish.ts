import type { Service } from './service.js'

/** One line for a call that is over: its whole way, with outcomes and seconds. A call is finished once. */
export function finish({ book, limits, log }: Service, callSid: string, now: number): void {
  limits.releaseCall(callSid)
  const record = book.find(callSid)
  if (!record || record.finished) return
  record.finished = true
  const hops = record.hops.map(({ hop, outcome, seconds }) => ({ hop, outcome, seconds }))
  const seconds = (now - record.since) / 1000
  log.info(
    { callSid, route: record.route, rule: record.rule, hops, outcome: hops.at(-1)?.outcome, seconds },
    'call finished',
  )
}
