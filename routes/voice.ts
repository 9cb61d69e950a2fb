import { type Service, stateAt } from './service.js'
import type { Decide } from './twiml-answer.js'

/** `/voice`: a call comes in. */
export function voice(service: Service): Decide {
  return function decideVoice(call, _webhook, now) {
    return service.decide(service.active.config, call, now, stateAt(service, now, call.callSid))
  }
}
