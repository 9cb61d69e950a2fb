import { parameter } from '../src/call/call.js'
import { place } from '../src/decide.js'
import { type Service, stateAt } from './service.js'
import type { Decide } from './twiml-answer.js'

/** `/outbound`: a call that dialsip has placed is answered; what it is for is in the query. */
export function outbound(service: Service): Decide {
  return function decideAnswered(call, { query }, now) {
    const route = parameter(query, 'route')
    const task = route === '' ? { dial: parameter(query, 'dial') } : { route }
    return place(service.active.config, call, task, now, stateAt(service, now, call.callSid))
  }
}
