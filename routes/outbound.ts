import { parameter } from '../src/call/call.js'
import { decideOutbound } from '../src/routing/outbound.js'
import type { Service } from './service.js'
import type { Decide } from './twiml-answer.js'

/** `/outbound`: a call that dialsip has placed is answered; what it is for stands in the query. */
export function outbound(service: Service): Decide {
  return function decideAnswered(call, { query }, now) {
    const route = parameter(query, 'route')
    const errand = route === '' ? { dial: parameter(query, 'dial') } : { route }
    return decideOutbound(service.active.config, call, errand, now, service.health.at(now))
  }
}
