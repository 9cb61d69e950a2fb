import { isKnown } from '../src/calls/call-record.js'
import { summaryOf } from '../src/calls/recent-call.js'
import type { CallOutcome } from './meters.js'
import type { Service } from './service.js'

/**
 * Counts a call that is over, and logs its whole way in one line, with outcomes and seconds. Does so once for each
 * call.
 */
export function finish({ book, limits, meters, active, log }: Service, callSid: string, now: number): void {
  limits.releaseCall(callSid)
  const record = book.find(callSid)
  // the replica that answered the call or placed it counts it
  if (!record || record.finished || !isKnown(record)) return
  record.finished = true
  record.seconds = (now - record.since) / 1000
  const summary = summaryOf(record)
  meters.call(active.config, record.route, summary.outcome as CallOutcome)
  log.info(summary, 'call finished')
}
