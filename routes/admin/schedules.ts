import { z } from 'zod'
import { overrideText } from '../../src/model/state.js'
import { describeState, scheduleState } from '../../src/schedule/state.js'
import { whole } from '../../src/schema/scalars.js'
import type { Service } from '../service.js'
import { inSlices } from './in-slices.js'
import { type Plain, serve } from './operation.js'
import type { AdminPlugin } from './plugin.js'

const schedulesQuery = z.strictObject({
  search: z
    .string('one text')
    .max(200, 'at most 200 characters')
    .default('')
    .describe('A part of the name, in any case; default: all'),
  limit: whole(0, 100).default(20).describe('How many at most; default: 20'),
})

const stateNow = {
  schedule: z.string(),
  open: z.boolean(),
  says: z.string().describe('`open (mon-fri 09:00-18:00), closes at 18:00`, or what an operator has set'),
}

/** A schedule as it is now: what an operator has set, or else its hours. */
export const scheduleNow = z.object(stateNow)

const schedulesAnswer = z
  .object({
    total: z.int().describe('How many are found'),
    schedules: z
      .array(z.object({ ...stateNow, timezone: z.string() }))
      .describe('In the order of the config'),
  })
  .meta({ id: 'Schedules' })

/** Schedules as they are now. */
export type Schedules = Plain<z.output<typeof schedulesAnswer>>

/** `GET /api/schedules`: the schedules of the config, and which of them are open. */
export const schedulesApi: AdminPlugin = (app, { service }, done) => {
  serve(
    app,
    {
      method: 'GET',
      path: '/api/schedules',
      id: 'findSchedules',
      tag: 'server',
      summary: 'The schedules of the config as they are now, found by name',
      query: schedulesQuery,
      answer: { description: 'Those found', schema: schedulesAnswer },
    },
    async ({ query: { search, limit } }) => {
      const all = [...service.active.config.schedules.values()]
      const found = all.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()))
      const schedules: Schedules['schedules'][number][] = []
      await inSlices(found.slice(0, limit), ({ name, timezone }) =>
        schedules.push({ ...stateOf(name, service), timezone }),
      )
      return { total: found.length, schedules }
    },
  )
  done()
}

/** How a schedule of the config is now. */
export function stateOf(name: string, { active, overrides, now }: Service): z.output<typeof scheduleNow> {
  const at = now()
  const override = overrides.of('schedule', name, at)
  if (override) return { schedule: name, open: override.to === 'open', says: overrideText(override) }
  const schedule = active.config.schedules.get(name)!
  return { schedule: name, open: scheduleState(schedule, at).open, says: describeState(schedule, at) }
}
