import { z } from 'zod'
import { explainer } from '../../src/explain/explain.js'
import { explanationSchema } from '../../src/explain/explanation.js'
import { readPairs, readScenario, WrongQuestion } from '../../src/explain/scenario.js'
import { stateAt } from '../service.js'
import { serve } from './operation.js'
import type { AdminPlugin } from './plugin.js'
import { refusal } from './read-request.js'

const lastText = z.preprocess((value) => [value].flat().at(-1), z.string())
const texts = z.preprocess((value) => [value].flat(), z.array(z.string()))

const explainQuery = z.strictObject({
  to: one('The called number, as Twilio sends it; needed, here or as `param`'),
  from: one('The caller; default: anonymous'),
  account: one('The account that calls, by name or SID; default: the one of the number’s route'),
  at: one('ISO 8601, a date (its noon), `18:30` or `fri 18:30`, by the clock of the schedules; default: now'),
  param: many('Another webhook parameter, NAME=VALUE'),
  outcome: many('What comes of an endpoint, ENDPOINT=OUTCOME such as frankfurt=503'),
  down: many('An endpoint that is ejected; the others are as they are now'),
  drained: many('An endpoint that is drained'),
})

/**
 * `GET /api/explain`: the explanation of one call. Endpoints and overrides are as they are now on this replica, but for
 * what the query says.
 */
export const explainApi: AdminPlugin = (app, { service }, done) => {
  serve(
    app,
    {
      method: 'GET',
      path: '/api/explain',
      id: 'explainCall',
      tag: 'server',
      summary: 'Why a call would go where it goes, with every TwiML and without secrets',
      query: explainQuery,
      answer: { description: 'The explanation (docs/explain.md)', schema: explanationSchema },
    },
    ({ query }) => {
      const { config } = service.active
      const now = service.now()
      return answering(() =>
        explainer(config)(readScenario(config, questionOf(query), now, stateAt(service, now))),
      )
    },
  )
  done()
}

/** Answers a question about an imagined call; a wrong one is refused with 400. */
export function answering<T>(answer: () => T): T {
  try {
    return answer()
  } catch (error) {
    if (!(error instanceof WrongQuestion)) throw error
    throw refusal(400, error.message)
  }
}

/** Of a parameter that comes twice the last one counts. */
function one(description: string) {
  return lastText.optional().describe(description)
}

function many(description: string) {
  return texts.optional().describe(description)
}

function questionOf({ to, from, account, at, param, outcome, down, drained }: z.output<typeof explainQuery>) {
  return {
    params: {
      ...readPairs(param ?? [], 'param'),
      ...(to !== undefined && { To: to }),
      ...(from !== undefined && { From: from }),
    },
    account,
    at,
    outcomes: readPairs(outcome ?? [], 'outcome'),
    down,
    drained,
  }
}
