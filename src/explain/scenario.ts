import { type Call, parseCall } from '../call/call.js'
import type { Outcome } from '../call/outcome.js'
import type { Config } from '../config/config.js'
import { suggest } from '../fault/suggest.js'
import { suggestForm } from '../numbers/suggest-form.js'
import type { Standing, State } from '../routing/state.js'
import { commonTimezone, parseInstant } from '../schedule/instant.js'
import type { WebhookParameters } from '../twilio/parameters.js'
import { ringingNames } from './all-dials.js'
import { OUTCOME_WORDS, readOutcome } from './read-outcome.js'
import { WrongQuestion } from './wrong.js'

/** A call that is thought of, as it is asked for on a command line, in a URL or in a test case. */
export interface Question {
  readonly params: WebhookParameters
  /** ISO 8601; the time given besides when it is undefined. */
  readonly at?: string | undefined
  /** What comes of each endpoint or hop, by name; whoever is not named answers. */
  readonly outcomes?: Readonly<Record<string, string>> | undefined
  /** Endpoints that are ejected. */
  readonly down?: readonly string[] | undefined
  readonly drained?: readonly string[] | undefined
}

/** A question that makes sense for a config. */
export interface Scenario {
  readonly call: Call
  /** Epoch milliseconds; the clock stands still. */
  readonly now: number
  readonly state: State
  readonly outcomes: ReadonlyMap<string, Outcome>
}

/** Stands for the SID of a call that was never made. */
const NO_SID = '0'.repeat(32)

/**
 * Reads a question against a config; `now` is the time unless it names one, `state` how the endpoints stand unless
 * it says otherwise. Throws `WrongQuestion` for a call that is none, an impossible time, an unknown endpoint.
 */
export function readScenario(config: Config, question: Question, now: number, state: State): Scenario {
  const outcomes = Object.entries(question.outcomes ?? {}).map(([name, text]) => {
    checkName(name, config)
    return [name, outcomeOf(name, text)] as const
  })
  return {
    call: readCall(config, question.params),
    now: question.at === undefined ? now : instantOf(question.at, config),
    state: standings(config, question, state),
    outcomes: new Map(outcomes),
  }
}

function readCall(config: Config, params: WebhookParameters): Call {
  const parsed = parseCall({
    CallSid: `CA${NO_SID}`,
    AccountSid: config.accounts[0]?.sid ?? `AC${NO_SID}`,
    ...params,
  })
  if ('missing' in parsed) throw new WrongQuestion('the called number is missing')
  const { to } = parsed.call
  if (to.kind === 'anonymous' || (to.kind === 'other' && suggestForm(to.text) === undefined))
    throw new WrongQuestion(
      `"${to.text}" is neither a phone number nor a SIP address, so no call can come to it`,
    )
  return parsed.call
}

function instantOf(text: string, { schedules }: Config): number {
  const { value, problems } = parseInstant(text, commonTimezone(schedules.values()))
  if (value !== undefined) return value
  const { message, cure } = problems[0]!
  throw new WrongQuestion(`${message}; ${cure}`)
}

function outcomeOf(name: string, text: string): Outcome {
  const outcome = readOutcome(text)
  if (outcome) return outcome
  throw new WrongQuestion(
    `"${text}" is not an outcome of ${name}; write a SIP code, or ringing+ and one of ${OUTCOME_WORDS.join(', ')}`,
  )
}

function standings(config: Config, { down = [], drained = [] }: Question, state: State): State {
  for (const name of [...down, ...drained]) checkName(name, config)
  const told = new Map<string, Standing>([
    ...down.map((name) => [name, 'ejected'] as const),
    ...drained.map((name) => [name, 'drained'] as const),
  ])
  return { ...state, standing: (endpoint) => told.get(endpoint) ?? state.standing(endpoint) }
}

function checkName(name: string, config: Config): void {
  const names = ringingNames(config)
  if (names.has(name)) return
  const meant = suggest(name, [...names])
  throw new WrongQuestion(`no endpoint is called "${name}"${meant ? `; did you mean "${meant}"?` : ''}`)
}
