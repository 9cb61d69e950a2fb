import { z } from 'zod'
import { explainNumber } from '../../src/explain/explain-number.js'
import { calledNumberSchema } from '../../src/explain/explanation.js'
import { parseAddress } from '../../src/numbers/address.js'
import { lookUp } from '../../src/numbers/number-index.js'
import { whole } from '../../src/schema/scalars.js'
import type { Service } from '../service.js'
import { type EndpointState, endpointState, statesOf } from './endpoints.js'
import { type Plain, serve } from './operation.js'
import type { AdminPlugin } from './plugin.js'
import { findRoutes } from './route-index.js'
import { type Outline, outlineOf, outlineShape } from './route-outline.js'
import { ruleNow } from './rule-now.js'
import { scheduleNow, stateOf } from './schedules.js'

const routesQuery = z.strictObject({
  to: z
    .string('one text')
    .optional()
    .describe('A called number or SIP address: the route that takes it, and how near others come'),
  search: z
    .string('one text')
    .max(200, 'at most 200 characters')
    .optional()
    .describe(
      'A part of a name, number, pattern, condition or action, in any case; waits for no lines of files',
    ),
  route: z.string('one text').optional().describe('The route of this name'),
  endpoint: z.string('one text').optional().describe('An endpoint or hop that it may ring'),
  offset: whole(0, 9_999_999).default(0).describe('How many of those found are left out; default: 0'),
  limit: whole(0, 100).default(20).describe('How many at most; default: 20'),
})

const routesAnswer = z
  .object({
    revision: z.string().describe('Of the config'),
    total: z.int().describe('How many are found'),
    number: calledNumberSchema.optional().describe('With `to`: which patterns the number fits'),
    ...outlineShape,
    schedules: z.array(scheduleNow).describe('Those that these rules ask, as they are now'),
    endpoints: z.array(endpointState).describe('Those that these routes may ring, as they are now'),
  })
  .meta({ id: 'Routes' })

/** Routes in outline, as the API answers. */
export type FoundRoutes = Plain<z.output<typeof routesAnswer>>

/** `GET /api/routes`: routes in outline, some at a time. */
export const routesApi: AdminPlugin = (app, { service, placesOf }, done) => {
  serve(
    app,
    {
      method: 'GET',
      path: '/api/routes',
      id: 'findRoutes',
      tag: 'server',
      summary:
        'Routes in outline: numbers, rules, what they dial and what follows; found by number, text or endpoint',
      query: routesQuery,
      answer: { description: 'Those found, in the order of the config', schema: routesAnswer },
    },
    async ({ query: { to, search, route, endpoint, offset, limit } }) => {
      const { config } = service.active
      const address = to === undefined ? undefined : parseAddress(to)
      const claimed = address && (lookUp(config.numbers, address)?.claim.route ?? '')
      const names = [claimed, route].filter((name) => name !== undefined)
      const found = await findRoutes({ search, names, endpoint }, config)
      const entries = found.slice(offset, offset + limit)
      const finding = placesOf(config)
      // a search does not wait for line numbers: those of 100,000 routes take seconds the first time
      const places = await (search === undefined ? finding : Promise.race([finding, undefined]))
      const now = service.now()
      const outline = outlineOf(entries, config, places, {
        fits: ruleNow({ config, now, overrides: service.overrides.at(now), to }),
        overrideOf: (name) => service.overrides.of('route', name, now),
      })
      return {
        revision: config.revision,
        total: found.length,
        number: address && explainNumber(address, config.numbers),
        ...outline,
        schedules: schedulesIn(outline, service),
        endpoints: endpointsIn(outline, service),
      }
    },
  )
  done()
}

/** Each schedule that rules ask, once. */
function schedulesIn({ configRules, routes }: Outline, service: Service) {
  const rules = [...configRules, ...routes.flatMap((route) => route.rules)]
  return [...new Set(rules.flatMap(({ schedules }) => schedules))].map((name) => stateOf(name, service))
}

/** Those of the config's endpoints that the lists ring; a bare URI has no state. */
function endpointsIn({ lists }: Outline, service: Service): EndpointState[] {
  const { endpoints } = service.active.config
  const rung = lists.flatMap(({ dial }) => dial?.hops.flatMap((hop) => hop.endpoints) ?? [])
  return statesOf(
    [...new Set(rung)].flatMap((name) => endpoints.get(name) ?? []),
    service,
  )
}
