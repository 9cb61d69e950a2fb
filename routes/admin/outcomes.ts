import { z } from 'zod'
import { OUTCOME_CLASSES } from '../../src/call/outcome.js'
import { whole } from '../../src/schema/scalars.js'
import { secretMasker } from '../../src/sip/masker.js'
import type { EndpointHistory } from '../../src/state/outcome-history.js'
import type { Service } from '../service.js'
import { type Plain, serve } from './operation.js'
import type { AdminPlugin } from './plugin.js'
import { refusal } from './read-request.js'
import { isoTime } from './until.js'

const outcomeClass = z.enum(OUTCOME_CLASSES)

const outcomeCounts = z
  .partialRecord(outcomeClass, z.int())
  .describe('How many of each class; none is left out')

const endpointOutcomes = z
  .object({
    name: z.string(),
    last: z
      .array(
        z.object({
          at: z.iso.datetime(),
          callSid: z.string(),
          outcome: outcomeClass,
          code: z.int().optional().describe('The SIP response code'),
        }),
      )
      .describe('What came of the last twenty calls, the latest last'),
    answerSeizure: z
      .number()
      .optional()
      .describe('Answered calls of all in half an hour, 0 to 1; missing without calls'),
    postDialDelay: z
      .number()
      .optional()
      .describe('Seconds until it rings or answers: the middle one of the last twenty'),
    day: outcomeCounts.describe('Of the last 24 hours'),
  })
  .meta({ id: 'EndpointOutcomes' })

const slicesSchema = z
  .array(z.object({ at: z.iso.datetime(), counts: outcomeCounts }))
  .describe('The last 24 hours in slices of so many minutes; one without calls is left out')

const outcomesOverDay = endpointOutcomes.extend({ slices: slicesSchema }).meta({ id: 'OutcomesOverDay' })

const listedOutcomes = endpointOutcomes
  .extend({ slices: slicesSchema.optional() })
  .meta({ id: 'ListedOutcomes' })

type Outcomes = Plain<z.output<typeof endpointOutcomes>>

/** A day is kept in slices of so many minutes. */
const SLICE_MINUTES = 5

const names = z.string('a name')
const listQuery = z.strictObject({
  endpoint: z
    .union([names, z.array(names)])
    .transform((one) => [one].flat())
    .optional()
    .describe('An endpoint; may come again for others; default: all that had a call'),
  slices: whole(SLICE_MINUTES, 1440).optional().describe('Minutes of a slice; default: without slices'),
})

/** What came of the calls to an endpoint, as `GET /api/outcomes` has it. */
export type EndpointOutcomes = Plain<z.output<typeof listedOutcomes>>

/** `GET /api/outcomes` and `/api/endpoints/NAME/outcomes`: what came of the calls to endpoints, on this replica. */
export const outcomesApi: AdminPlugin = (app, { service }, done) => {
  const { history } = service
  serve(
    app,
    {
      method: 'GET',
      path: '/api/outcomes',
      id: 'listOutcomes',
      tag: 'state',
      summary: 'What came of the last calls to each endpoint, and of those of the last 24 hours',
      description:
        'As this replica has seen it since its start, of the thousand endpoints that had a call last.',
      answer: {
        description: 'The endpoints that had a call',
        schema: z.object({ endpoints: z.array(listedOutcomes) }),
      },
      query: listQuery,
    },
    ({ query: { endpoint = history.names(), slices } }) => {
      const now = service.now()
      const found = endpoint.flatMap((name) => {
        const one = history.of(name, now)
        return one ? [{ name, one }] : []
      })
      return {
        endpoints: found.map(({ name, one }) => ({
          ...shownOutcomes(name, one, service),
          slices: slices === undefined ? undefined : slicesOf(one, slices),
        })),
      }
    },
  )
  serve(
    app,
    {
      method: 'GET',
      path: '/api/endpoints/:name/outcomes',
      id: 'getOutcomes',
      tag: 'state',
      summary: 'What came of the calls to one endpoint over the last 24 hours',
      params: z.object({ name: z.string().min(1) }),
      answer: { description: 'Its outcomes', schema: outcomesOverDay },
      errors: { 404: 'It had no call' },
    },
    ({ params: { name } }) => {
      const found = history.of(name, service.now())
      if (!found) throw refusal(404, `no call to ${name} is known of`)
      return { ...shownOutcomes(name, found, service), slices: slicesOf(found, SLICE_MINUTES) }
    },
  )
  done()
}

function shownOutcomes(
  name: string,
  { last, postDialDelay, slices }: EndpointHistory,
  service: Service,
): Outcomes {
  return {
    name: secretMasker(service.active.config.secrets)(name),
    last: last.map(({ at, ...rest }) => ({ at: isoTime(at), ...rest })),
    answerSeizure: service.meters.seizures.ratio(name, service.now()),
    postDialDelay,
    day: byClass(slices.map(({ counts }) => counts)),
  }
}

/** The slices that have calls, so many minutes each, by the clock. */
function slicesOf({ slices }: EndpointHistory, minutes: number): Plain<z.output<typeof slicesSchema>> {
  const ms = 60_000 * minutes
  const grouped = new Map<number, (readonly number[])[]>()
  for (const { at, counts } of slices) {
    const start = Math.floor(at / ms) * ms
    grouped.set(start, [...(grouped.get(start) ?? []), counts])
  }
  return [...grouped]
    .map(([at, some]) => ({ at: isoTime(at), counts: byClass(some) }))
    .filter(({ counts }) => Object.keys(counts).length > 0)
}

/** Adds up counts that are in the order of the classes. */
function byClass(all: readonly (readonly number[])[]): Outcomes['day'] {
  const sums = OUTCOME_CLASSES.map(
    (name, at) => [name, all.reduce((sum, counts) => sum + counts[at]!, 0)] as const,
  )
  return Object.fromEntries(sums.filter(([, sum]) => sum > 0))
}
