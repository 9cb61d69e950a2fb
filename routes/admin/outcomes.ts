import { z } from 'zod'
import { OUTCOME_CLASSES } from '../../src/call/outcome.js'
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

const outcomesOverDay = endpointOutcomes
  .extend({
    slices: z
      .array(z.object({ at: z.iso.datetime(), counts: outcomeCounts }))
      .describe('The last 24 hours, five minutes each; one without calls is left out'),
  })
  .meta({ id: 'OutcomesOverDay' })

type Outcomes = Plain<z.output<typeof endpointOutcomes>>

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
        schema: z.object({ endpoints: z.array(endpointOutcomes) }),
      },
    },
    () => {
      const now = service.now()
      return {
        endpoints: history.names().map((name) => shownOutcomes(name, history.of(name, now)!, service)),
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
      const slices = found.slices.map(({ at, counts }) => ({ at: isoTime(at), counts: byClass([counts]) }))
      return {
        ...shownOutcomes(name, found, service),
        slices: slices.filter(({ counts }) => Object.keys(counts).length > 0),
      }
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

/** Adds up counts that are in the order of the classes. */
function byClass(all: readonly (readonly number[])[]): Outcomes['day'] {
  const sums = OUTCOME_CLASSES.map(
    (name, at) => [name, all.reduce((sum, counts) => sum + counts[at]!, 0)] as const,
  )
  return Object.fromEntries(sums.filter(([, sum]) => sum > 0))
}
