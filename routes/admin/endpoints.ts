import { z } from 'zod'
import { noneCalled } from '../../src/errors/suggest.js'
import type { Endpoint } from '../../src/model/config.js'
import { type Service, stateAt } from '../service.js'
import { readBody, refusal } from './body.js'
import type { AdminPlugin } from './plugin.js'
import { addressTeller } from './shown-address.js'
import { isoTime, readUntil } from './until.js'

const drainBody = z.strictObject({
  reason: z
    .string('a text')
    .trim()
    .min(1, 'why it is drained')
    .max(500, 'at most 500 characters')
    .default('by hand'),
  until: z.string('a text').optional(),
  /** By whose clock `until` is; default: UTC. */
  timezone: z.string('a text').default('UTC'),
})

interface Named {
  Params: { name: string }
}

/** How one endpoint stands, as the API and `dialsip endpoints` show it. */
export interface EndpointState {
  readonly name: string
  /** Its SIP URI as the config has it, secrets masked. */
  readonly address: string
  readonly state: 'up' | 'ejected' | 'drained' | 'full'
  readonly reason: string
  /** ISO 8601; absent when only a hand or a good call changes it. */
  readonly until: string | undefined
  /** Calls that it has now. */
  readonly calls: number
  readonly maxCalls: number | undefined
}

/** `GET /api/endpoints`, and `POST` to `/api/endpoints/NAME/drain` and `/restore`. */
export const endpointsApi: AdminPlugin = (app, { service }, done) => {
  app.get('/api/endpoints', () => ({
    endpoints: statesOf([...service.active.config.endpoints.values()], service),
  }))
  app.post<Named>('/api/endpoints/:name/drain', ({ params, body }) => {
    const endpoint = endpointNamed(params.name, service)
    const { reason, until, timezone } = readBody(drainBody, body)
    const end = until === undefined ? undefined : readUntil(until, service.now(), timezone)
    service.health.drain(endpoint.name, reason, end)
    service.log.warn(
      { endpoint: endpoint.name, reason, until: isoTime(end) },
      `endpoint ${endpoint.name} is drained`,
    )
    return statesOf([endpoint], service)[0]
  })
  app.post<Named>('/api/endpoints/:name/restore', ({ params }) => {
    const endpoint = endpointNamed(params.name, service)
    service.health.restore(endpoint.name)
    service.log.info({ endpoint: endpoint.name }, `endpoint ${endpoint.name} is restored by hand`)
    return statesOf([endpoint], service)[0]
  })
  done()
}

function statesOf(endpoints: readonly Endpoint[], service: Service): EndpointState[] {
  const now = service.now()
  const addressOf = addressTeller(service.active.config)
  const { standing } = stateAt(service, now)
  return endpoints.map((endpoint) => {
    const { name, maxCalls } = endpoint
    const { reason, until } = service.health.of(name, now)
    const [state, calls] = [standing(name), service.limits.count(name, now)]
    return { name, address: addressOf(endpoint), state, reason, until: isoTime(until), calls, maxCalls }
  })
}

function endpointNamed(name: string, { active }: Service): Endpoint {
  const { endpoints } = active.config
  const endpoint = endpoints.get(name)
  if (endpoint) return endpoint
  throw refusal(404, noneCalled('endpoint', name, endpoints.keys()))
}
