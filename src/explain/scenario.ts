import { type Call, parameter, parseCall } from '../call/call.js'
import { OUTCOME_WORDS, type Outcome, readOutcome } from '../call/outcome.js'
import { noneCalled } from '../errors/suggest.js'
import { accountNamed, claimFor } from '../for-account.js'
import type { Config } from '../model/config.js'
import type { Standing, State } from '../model/state.js'
import { parseAddress } from '../numbers/address.js'
import { suggestForm } from '../numbers/national.js'
import { commonTimezone, parseInstant } from '../schedule/instant.js'
import { ringingNames } from './all-dials.js'
import { type ExplainRequest, WrongQuestion } from './question.js'

/** A question that was checked against a config. */
export interface Scenario {
  readonly call: Call
  /** Epoch milliseconds, for the whole call. */
  readonly now: number
  readonly state: State
  readonly outcomes: ReadonlyMap<string, Outcome>
}

/** The digits of the SIDs of an imagined call. */
const NO_SID = '0'.repeat(32)

/**
 * Checks a question against a config. `now` is the time if the question names none, `state` that of the endpoints
 * which it does not name. Throws `WrongQuestion` for an impossible call or time and for an unknown endpoint.
 */
export function readScenario(config: Config, question: ExplainRequest, now: number, state: State): Scenario {
  const outcomes = Object.entries(question.outcomes ?? {}).map(([name, text]) => {
    checkName(name, config)
    return [name, outcomeOf(name, text)] as const
  })
  return {
    call: readCall(config, question),
    now: question.at === undefined ? now : instantOf(question.at, config),
    state: stateOf(config, question, state),
    outcomes: new Map(outcomes),
  }
}

function readCall(config: Config, { params, account }: ExplainRequest): Call {
  const told = account === undefined ? {} : { AccountSid: sidOf(account, config) }
  const parsed = parseCall({
    CallSid: `CA${NO_SID}`,
    AccountSid: ownerOf(parameter(params, 'To'), config),
    ...params,
    ...told,
  })
  if ('missing' in parsed) throw new WrongQuestion('the called number is missing')
  const { to } = parsed.call
  if (to.kind === 'anonymous' || (to.kind === 'other' && suggestForm(to.text) === undefined))
    throw new WrongQuestion(
      `"${to.text}" is neither a phone number nor a SIP address, so no call can come to it`,
    )
  return parsed.call
}

function sidOf(named: string, config: Config): string {
  const account = accountNamed(config, named)
  if (account) return account.sid
  const names = config.accounts.map(({ name }) => name)
  throw new WrongQuestion(noneCalled('account', named, names))
}

/** The account of a call to a number: the first that its route is for, else the first of all. */
function ownerOf(to: string, config: Config): string {
  const claim = claimFor(config, parseAddress(to))?.claim
  const [owner] = (claim && config.routes.get(claim.route)?.accounts) ?? config.accounts.map(({ sid }) => sid)
  return owner ?? `AC${NO_SID}`
}

function instantOf(text: string, { schedules }: Config): number {
  const { value, problems } = parseInstant(text, commonTimezone(schedules.values()))
  if (value !== undefined) return value
  const { message, help } = problems[0]!
  throw new WrongQuestion(`${message}; ${help}`)
}

function outcomeOf(name: string, text: string): Outcome {
  const outcome = readOutcome(text)
  if (outcome) return outcome
  throw new WrongQuestion(
    `"${text}" is not an outcome of ${name}; write a SIP code, or ringing+ and one of ${OUTCOME_WORDS.join(', ')}`,
  )
}

function stateOf(config: Config, { down = [], drained = [] }: ExplainRequest, state: State): State {
  for (const name of [...down, ...drained]) checkName(name, config)
  const told = new Map<string, Standing>([
    ...down.map((name) => [name, 'ejected'] as const),
    ...drained.map((name) => [name, 'drained'] as const),
  ])
  return { ...state, standing: (endpoint) => told.get(endpoint) ?? state.standing(endpoint) }
}

function checkName(name: string, config: Config): void {
  const names = ringingNames(config)
  if (!names.has(name)) throw new WrongQuestion(noneCalled('endpoint', name, names))
}
