import { z } from 'zod'
import { noneCalled } from '../../src/errors/suggest.js'
import { forAccount } from '../../src/for-account.js'
import type { Config } from '../../src/model/config.js'
import type { Override } from '../../src/model/state.js'
import { readBody, refusal } from './body.js'
import type { AdminPlugin } from './plugin.js'
import { isoTime, readUntil } from './until.js'

const KINDS = ['schedule', 'route'] as const

const word = z.string('a text').trim().min(1, 'a text that is not empty').max(500, 'at most 500 characters')

const overrideBody = z.strictObject({
  /** A schedule or a route. */
  name: word,
  /** Needed only where a schedule and a route have the same name. */
  kind: z.enum(KINDS, 'schedule or route').optional(),
  /** `open` or `closed`; for a route, the name of an action. */
  to: word,
  until: word,
  /** By whose clock `until` is for a route, the caller's; a schedule has its own. Default: UTC. */
  timezone: word.default('UTC'),
  author: word,
  note: word,
})

/** An override as the API and `dialsip override` show it: times are ISO 8601. */
export type OverrideState = ReturnType<typeof shown>

interface Named {
  Params: { kind: Override['kind']; name: string }
}

/** `GET` and `POST /api/overrides`, `DELETE /api/overrides/KIND/NAME`. */
export const overridesApi: AdminPlugin = (app, { service }, done) => {
  app.get('/api/overrides', () => ({ overrides: service.overrides.list(service.now()).map(shown) }))

  app.post('/api/overrides', ({ body }, reply) => {
    const { config } = service.active
    const { name, to, until, timezone, author, note, ...told } = readBody(overrideBody, body)
    const kind = told.kind ?? kindOf(name, config)
    checkTarget(kind, name, to, config)
    const since = service.now()
    const end = readUntil(until, since, config.schedules.get(name)?.timezone ?? timezone)
    const override: Override = { kind, name, to, until: end, author, note, since }
    service.overrides.set(override)
    service.log.warn({ override: shown(override) }, `${kind} ${name} is set to ${to}`)
    reply.code(201)
    return shown(override)
  })

  app.delete<Named>('/api/overrides/:kind/:name', ({ params: { kind, name } }) => {
    const override = service.overrides.clear(kind, name, service.now())
    if (!override) throw refusal(404, `${kind} ${name} is not set to anything`)
    service.log.warn({ override: shown(override) }, `${kind} ${name} goes by the config again`)
    return shown(override)
  })
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

function shown({ until, since, ...rest }: Override) {
  return { ...rest, until: isoTime(until)!, since: isoTime(since)! }
}
