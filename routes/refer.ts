import { type Called, parameter } from '../src/call/call.js'
import { refer as follow } from '../src/decide.js'
import { referTarget } from '../src/sip/refer-target.js'
import { type Service, stateAt } from './service.js'
import type { Decide } from './twiml-answer.js'
import type { Webhook } from './webhook.js'

/** `/refer`: the callee hands the call on by SIP REFER. */
export function refer(service: Service): Decide {
  return function decideRefer(call, _webhook, now) {
    return follow(service.active.config, call, now, stateAt(service, now, call.callSid))
  }
}

/** The target of the REFER is who is called from now on. */
export function referredTo({ params }: Webhook): Called {
  const referred = parameter(params, 'ReferTransferTarget')
  return { called: referTarget(referred), referred }
}
