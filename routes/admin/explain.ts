import { z } from 'zod'
import { explainText, testText, type WrittenQuestion } from '../../src/calls/recent-call.js'
import { endpointsIn } from '../../src/dial/plan.js'
import { explainer } from '../../src/explain/explain.js'
import { type Explanation, explanationSchema } from '../../src/explain/explanation.js'
import {
  readPairs,
  readScenario,
  type Scenario,
  SOMEBODY,
  WrongQuestion,
} from '../../src/explain/scenario.js'
import type { ActiveOverrides, Standing } from '../../src/model/state.js'
import { type Service, stateAt } from '../service.js'
import { type Plain, serve } from './operation.js'
import type { AdminPlugin } from './plugin.js'
import { refusal } from './read-request.js'

const lastText = z.preprocess((value) => [value].flat().at(-1), z.string())
const texts = z.preprocess((value) => [value].flat(), z.array(z.string()))

const explainQuery = z.strictObject({
  to: one('The called number, as Twilio sends it; needed, here or as `param`'),
  from: one(`The caller, or \`anonymous\`; default: ${SOMEBODY}`),
  account: one('The account that calls, by name or SID; default: the one of the number’s route'),
  at: one('ISO 8601, a date (its noon), `18:30` or `fri 18:30`, by the clock of the schedules; default: now'),
  param: many('Another webhook parameter, NAME=VALUE'),
  outcome: many('What comes of an endpoint, ENDPOINT=OUTCOME such as frankfurt=503'),
  down: many('An endpoint that is ejected; the others are as they are now'),
  drained: many('An endpoint that is drained'),
  up: many('An endpoint that is up, whatever it is now'),
})

const explainedCall = explanationSchema
  .extend({
    explain: z.string().describe('The command that asks this of the config’s file'),
    test: z.string().describe('The call as an entry of `tests:`, in YAML'),
  })
  .meta({ id: 'ExplainedCall' })

/** An explanation, and how else to ask for it. */
export type ExplainedCall = Plain<z.output<typeof explainedCall>>

/**
 * `GET /api/explain`: the explanation of one call. Endpoints are as they are now on this replica, but for what the query
 * says; so are overrides, as far as they hold at the time of the call.
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
      answer: { description: 'The explanation (docs/explain.md)', schema: explainedCall },
    },
    ({ query }) => orBadRequest(() => explained(questionOf(query), service)),
  )
  done()
}

function explained(question: ExplainQuestion, service: Service): ExplainedCall {
  const { config } = service.active
  const now = service.now()
  const read = readScenario(config, question, now, stateAt(service, now))
  const scenario = { ...read, state: { ...read.state, overrides: overridesAt(read.now, service) } }
  const explanation = explainer(config)(scenario)
  const asked = writtenQuestion(question, explanation, scenario)
  const { call, route, rule, dials, end } = explanation
  const came = { name: `${call.to} at ${call.at}`, route, rule, dials, action: end }
  return { ...explanation, explain: explainText(config.files[0]!, asked), test: testText(asked, came) }
}

/** Those of now that hold at another time. */
function overridesAt(at: number, { overrides, now }: Service): ActiveOverrides {
  return {
    of(kind, name) {
      const override = overrides.of(kind, name, now())
      return override && override.since <= at && at < override.until ? override : undefined
    },
  }
}

/** The question for a config that knows nothing of the endpoints: those that are not up are named, if they have a part in it. */
function writtenQuestion(
  { params: { To: _to, From: _from, ...params }, account, outcomes }: ExplainQuestion,
  { call, steps }: Explanation,
  { state }: Scenario,
): WrittenQuestion {
  const hops = steps.flatMap(({ hop, passedOver }) => [
    ...(hop ? [hop.name, ...hop.next] : []),
    ...passedOver.map((one) => one.hop),
  ])
  const notUp = (standing: Standing) =>
    [...new Set(hops.flatMap(endpointsIn))].filter((name) => state.standing(name) === standing)
  return {
    to: call.to,
    from: call.from,
    ...(account !== undefined && { account }),
    at: call.at,
    params,
    outcomes,
    down: notUp('ejected'),
    drained: notUp('drained'),
  }
}

/** Answers a question about an imagined call. A `WrongQuestion` becomes a refusal with 400. */
export function orBadRequest<T>(answer: () => T): T {
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

type ExplainQuestion = ReturnType<typeof questionOf>

function questionOf({
  to,
  from,
  account,
  at,
  param,
  outcome,
  down,
  drained,
  up,
}: z.output<typeof explainQuery>) {
  return {
    params: {
      From: SOMEBODY,
      ...readPairs(param ?? [], 'param'),
      ...(to !== undefined && { To: to }),
      ...(from !== undefined && { From: from }),
    },
    account,
    at,
    outcomes: readPairs(outcome ?? [], 'outcome'),
    down,
    drained,
    up,
  }
}
