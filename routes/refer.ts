import { parameter } from '../src/call/call.js'
import { refer as follow } from '../src/routing/refer.js'
import { type Service, stateAt } from './service.js'
import type { Decide } from './twiml-answer.js'

/** `/refer`: the callee hands the call on by SIP REFER. */
export function refer(service: Service): Decide {
  return function decideRefer(call, { params }, now) {
    return follow(
      service.active.config,
      call,
      parameter(params, 'ReferTransferTarget'),
      now,
      stateAt(service, now, call.callSid),
    )
  }
}
