import { z } from 'zod'
import { noneCalled } from '../../src/errors/suggest.js'
import { forAccount } from '../../src/for-account.js'
import type { Config } from '../../src/model/config.js'
import type { Override } from '../../src/model/state.js'
import { type Plain, serve } from './operation.js'
import { type AdminPlugin, APPLIES_TO, appliesTo } from './plugin.js'
import { refusal } from './read-request.js'
import { END, isoTime, readUntil, TIMEZONE } from './until.js'

const KINDS = ['schedule', 'route'] as const

const word = z.string('a text').trim().min(1, 'a text that is not empty').max(500, 'at most 500 characters')
const TO = '`open` or `closed` for a schedule, the name of an action for a route'

const overrideBody = z
  .strictObject(
    {
      name: word.describe('A schedule or a route'),
      kind: z
        .enum(KINDS, 'schedule or route')
        .optional()
        .describe('Needed only where a schedule and a route have the same name'),
      to: word.describe(TO),
      until: word.describe(END),
      timezone: word.default('UTC').describe(`${TIMEZONE}, for a route; a schedule has its own`),
      author: word,
      note: word,
    },
    'a JSON object',
  )
  .meta({ id: 'OverrideRequest' })

export const overrideState = z
  .object({
    kind: z.enum(KINDS),
    name: z.string(),
    to: z.string().describe(TO),
    until: z.iso.datetime(),
    author: z.string(),
    note: z.string(),
    since: z.iso.datetime(),
  })
  .meta({ id: 'Override' })

/** An override as the API and `dialsip override` show it. */
export type OverrideState = Plain<z.output<typeof overrideState>>

const changedOverride = overrideState.extend({ appliesTo: APPLIES_TO }).meta({ id: 'ChangedOverride' })

/** An override that was set or cleared, and for which replicas. */
export type ChangedOverride = Plain<z.output<typeof changedOverride>>

/** `GET` and `POST /api/overrides`, `DELETE /api/overrides/KIND/NAME`. */
export const overridesApi: AdminPlugin = (app, { service }, done) => {
  serve(
    app,
    {
      method: 'GET',
      path: '/api/overrides',
      id: 'listOverrides',
      tag: 'state',
      summary: 'What is set instead of the config, the next to end first',
      answer: { description: 'All of them', schema: z.object({ overrides: z.array(overrideState) }) },
    },
    () => ({ overrides: service.overrides.list(service.now()).map(overrideShown) }),
  )
  serve(
    app,
    {
      method: 'POST',
      path: '/api/overrides',
      id: 'setOverride',
      tag: 'state',
      summary: 'Sets a schedule or a route to something else for a while',
      body: { description: 'What, to what and how long', schema: overrideBody, required: true },
      answer: { status: 201, description: 'It is set', schema: changedOverride },
    },
    ({ body }) => {
      const { config } = service.active
      const { name, to, until, timezone, author, note, kind = kindOf(name, config) } = body
      checkTarget(kind, name, to, config)
      const since = service.now()
      const end = readUntil(until, since, config.schedules.get(name)?.timezone ?? timezone)
      const override: Override = { kind, name, to, until: end, author, note, since }
      service.overrides.set(override)
      service.log.warn({ override: overrideShown(override) }, `${kind} ${name} is set to ${to}`)
      return { ...overrideShown(override), appliesTo: appliesTo(service) }
    },
  )
  serve(
    app,
    {
      method: 'DELETE',
      path: '/api/overrides/:kind/:name',
      id: 'clearOverride',
      tag: 'state',
      summary: 'Ends an override: the config decides again',
      params: z.object({ kind: z.enum(KINDS, 'schedule or route'), name: z.string().min(1) }),
      answer: { description: 'What was set', schema: changedOverride },
      errors: { 404: 'Nothing is set' },
    },
    ({ params: { kind, name } }) => {
      const override = service.overrides.clear(kind, name, service.now())
      if (!override) throw refusal(404, `${kind} ${name} is not set to anything`)
      service.log.warn({ override: overrideShown(override) }, `${kind} ${name} goes by the config again`)
      return { ...overrideShown(override), appliesTo: appliesTo(service) }
    },
  )
  done()
}

function kindOf(name: string, config: Config): Override['kind'] {
  const kinds = KINDS.filter((kind) => namesOf(kind, config).has(name))
  if (kinds.length > 1) throw refusal(400, `a schedule and a route are called "${name}"; say which by kind`)
  if (kinds[0]) return kinds[0]
  const all = KINDS.flatMap((kind) => [...namesOf(kind, config).keys()])
  throw refusal(400, noneCalled('schedule or route', name, all))
}

function namesOf(kind: Override['kind'], { schedules, routes }: Config): ReadonlyMap<string, unknown> {
  return kind === 'schedule' ? schedules : routes
}

function checkTarget(kind: Override['kind'], name: string, to: string, config: Config): void {
  const known = namesOf(kind, config)
  if (!known.has(name)) throw refusal(400, noneCalled(kind, name, known.keys()))
  if (kind === 'route' && !config.actions.has(to))
    throw refusal(400, noneCalled('action', to, config.actions.keys()))
  if (kind === 'route') checkAccounts(name, to, config)
  if (kind === 'schedule' && !/^(open|closed)$/.test(to))
    throw refusal(400, `a schedule can be set to open or closed, not to "${to}"`)
}

/** An action that only routes of other accounts lead to would not be found again after its first hop. */
function checkAccounts(route: string, action: string, config: Config): void {
  const sids = config.routes.get(route)!.accounts ?? config.accounts.map(({ sid }) => sid)
  if (sids.every((sid) => forAccount(config, sid).actions.has(action))) return
  throw refusal(400, `the action ${action} is of other accounts than route ${route}`)
}

/** An override with its times in ISO 8601. */
export function overrideShown({ until, since, ...rest }: Override): OverrideState {
  return { ...rest, until: isoTime(until), since: isoTime(since) }
}
