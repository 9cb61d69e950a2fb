import { parameter } from '../src/call/call.js'
import { readTried } from '../src/routing/plan.js'
import { resume } from '../src/routing/resume.js'
import type { Service } from './service.js'
import type { Decide } from './twiml-answer.js'

/** `/recorded`: a `<Record>` has ended; the actions after it go on. */
export function recorded(service: Service): Decide {
  return function decideRecorded(call, { query }, now) {
    const from = {
      list: parameter(query, 'list'),
      step: Number(parameter(query, 'step')),
      route: parameter(query, 'route'),
      rule: parameter(query, 'rule'),
      tried: readTried(parameter(query, 'tried')),
    }
    return resume(service.active.config, call, from, service.health.at(now))
  }
}
