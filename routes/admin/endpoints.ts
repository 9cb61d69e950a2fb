import { z } from 'zod'
import { noneCalled } from '../../src/errors/suggest.js'
import type { Endpoint } from '../../src/model/config.js'
import { STANDINGS } from '../../src/model/state.js'
import { type Service, stateAt } from '../service.js'
import { type Plain, serve } from './operation.js'
import { type AdminPlugin, APPLIES_TO, appliesTo } from './plugin.js'
import { refusal } from './read-request.js'
import { shownAddress } from './shown-address.js'
import { END, isoTime, readUntil, TIMEZONE } from './until.js'

const drainBody = z
  .strictObject(
    {
      reason: z
        .string('a text')
        .trim()
        .min(1, 'the reason why it is drained')
        .max(500, 'at most 500 characters')
        .default('by hand')
        .describe('Why it is drained'),
      until: z.string('a text').optional().describe(`${END}; default: until it is restored`),
      timezone: z.string('a text').default('UTC').describe(TIMEZONE),
    },
    'a JSON object',
  )
  .meta({ id: 'Drain' })

export const endpointState = z
  .object({
    name: z.string(),
    address: z.string().describe('Its SIP URI as the config has it, secrets masked'),
    state: z.enum(STANDINGS),
    reason: z.string(),
    until: z.iso.datetime().optional().describe('Missing when only an operator or a successful call ends it'),
    calls: z.int().describe('The calls that it has now'),
    maxCalls: z.int().optional(),
  })
  .meta({ id: 'EndpointState' })

/** The state of one endpoint, as the API and `dialsip endpoints` show it. */
export type EndpointState = Plain<z.output<typeof endpointState>>

const changedEndpoint = endpointState.extend({ appliesTo: APPLIES_TO }).meta({ id: 'ChangedEndpoint' })

/** The state of an endpoint that was drained or restored, and for which replicas. */
export type ChangedEndpoint = Plain<z.output<typeof changedEndpoint>>

const named = {
  params: z.object({ name: z.string().min(1) }),
  answer: { description: 'Its state now', schema: changedEndpoint },
  errors: { 404: 'There is no such endpoint' },
}

/** `GET /api/endpoints`, and `POST` to `/api/endpoints/NAME/drain` and `/restore`. */
export const endpointsApi: AdminPlugin = (app, { service }, done) => {
  serve(
    app,
    {
      method: 'GET',
      path: '/api/endpoints',
      id: 'listEndpoints',
      tag: 'state',
      summary: 'The state of the endpoints',
      answer: { description: 'All of them', schema: z.object({ endpoints: z.array(endpointState) }) },
    },
    () => ({ endpoints: statesOf([...service.active.config.endpoints.values()], service) }),
  )
  serve(
    app,
    {
      method: 'POST',
      path: '/api/endpoints/:name/drain',
      id: 'drainEndpoint',
      tag: 'state',
      summary: 'Takes an endpoint out: it is tried only when no other is left',
      body: { description: 'Why, and how long', schema: drainBody },
      ...named,
    },
    ({ params, body: { reason, until, timezone } }) => {
      const endpoint = endpointNamed(params.name, service)
      const end = until === undefined ? undefined : readUntil(until, service.now(), timezone)
      service.health.drain(endpoint.name, reason, end)
      service.log.warn(
        { endpoint: endpoint.name, reason, until: isoTime(end) },
        `endpoint ${endpoint.name} is drained`,
      )
      return changed(endpoint, service)
    },
  )
  serve(
    app,
    {
      method: 'POST',
      path: '/api/endpoints/:name/restore',
      id: 'restoreEndpoint',
      tag: 'state',
      summary: 'Forgets everything that speaks against an endpoint',
      ...named,
    },
    ({ params }) => {
      const endpoint = endpointNamed(params.name, service)
      service.health.restore(endpoint.name)
      service.log.info({ endpoint: endpoint.name }, `endpoint ${endpoint.name} is restored by hand`)
      return changed(endpoint, service)
    },
  )
  done()
}

function changed(endpoint: Endpoint, service: Service) {
  return { ...statesOf([endpoint], service)[0]!, appliesTo: appliesTo(service) }
}

/** The states of some endpoints at this moment. */
export function statesOf(endpoints: readonly Endpoint[], service: Service): EndpointState[] {
  const now = service.now()
  const addressOf = shownAddress(service.active.config)
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
