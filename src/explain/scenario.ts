import { type Call, parameter, parseCall } from '../call/call.js'
import { OUTCOME_WORDS, type Outcome, readOutcome } from '../call/outcome.js'
import { ringingNames } from '../dial/find-dial.js'
import { noneCalled } from '../errors/suggest.js'
import { accountNamed, claimFor, noAccountCalled } from '../for-account.js'
import type { Config } from '../model/config.js'
import type { Standing, State } from '../model/state.js'
import { parseAddress } from '../numbers/address.js'
import { suggestForm } from '../numbers/national.js'
import { commonTimezone, parseMoment } from '../schedule/instant.js'
import { parametersOfLine, textParameters } from '../twilio/logged-parameters.js'
import type { WebhookParameters } from '../twilio/parameters.js'

/** A question about an imagined call, as a command line, a URL or a test case has it. */
export interface ExplainRequest {
  readonly params: WebhookParameters
  /** The account that the call comes from, by name or SID. Default: the first that the route of the number is for. */
  readonly account?: string | undefined
  /** An instant, a date, `18:30` or `fri 18:30`. Default: the time that `readScenario` is given. */
  readonly at?: string | undefined
  /** The outcome of each endpoint or hop, by name. Default: it answers. */
  readonly outcomes?: Readonly<Record<string, string>> | undefined
  /** Endpoints that are ejected by their health. */
  readonly down?: readonly string[] | undefined
  readonly drained?: readonly string[] | undefined
  /** Endpoints that are up, whatever they are in the state that `readScenario` is given. */
  readonly up?: readonly string[] | undefined
}

/** A question that was checked against a config. */
export interface Scenario {
  readonly call: Call
  /** Epoch milliseconds, for the whole call. */
  readonly now: number
  readonly state: State
  readonly outcomes: ReadonlyMap<string, Outcome>
}

/** Who calls, where a question about a call does not say it. */
export const SOMEBODY = '+15557650002'

/** The digits of the SIDs of an imagined call. */
export const NO_SID = '0'.repeat(32)

/**
 * Checks a question against a config. `now` is the time if the question names none, `state` that of the endpoints
 * which it does not name. Throws `WrongQuestion` for impossible calls, times and outcomes and for unknown
 * endpoints, all at once.
 */
export function readScenario(config: Config, question: ExplainRequest, now: number, state: State): Scenario {
  const [call, at, stateThen, outcomes] = together([
    () => readCall(config, question),
    () => (question.at === undefined ? now : instantOf(question.at, now, config)),
    () => stateOf(config, question, state),
    () => outcomesOf(config, question),
  ])
  return { call, now: at, state: stateThen, outcomes }
}

/** Reads all of these, and throws in one `WrongQuestion` what is wrong with any of them. */
export function together<T extends readonly unknown[]>(reads: { readonly [K in keyof T]: () => T[K] }): T {
  const problems: string[] = []
  const values = reads.map((read) => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof WrongQuestion)) throw error
      return problems.push(...error.problems)
    }
  })
  if (problems.length > 0) throw new WrongQuestion(...problems)
  return values as unknown as T
}

function outcomesOf(config: Config, { outcomes = {} }: ExplainRequest): ReadonlyMap<string, Outcome> {
  const read = Object.entries(outcomes).map(([name, text]) => () => {
    checkName(name, config)
    return [name, outcomeOf(name, text)] as const
  })
  return new Map(together<readonly (readonly [string, Outcome])[]>(read))
}

function readCall(config: Config, { params, account }: ExplainRequest): Call {
  const caller = account === undefined ? {} : { AccountSid: sidOf(account, config) }
  const parsed = parseCall({
    CallSid: `CA${NO_SID}`,
    AccountSid: ownerOf(parameter(params, 'To'), config),
    ...params,
    ...caller,
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
  throw new WrongQuestion(noAccountCalled(named, config))
}

/** The account of a call to a number: the first that its route is for, else the first of all. */
function ownerOf(to: string, config: Config): string {
  const claim = claimFor(config, parseAddress(to))?.claim
  const [owner] = (claim && config.routes.get(claim.route)?.accounts) ?? config.accounts.map(({ sid }) => sid)
  return owner ?? `AC${NO_SID}`
}

function instantOf(text: string, now: number, { schedules }: Config): number {
  const { value, problems } = parseMoment(text, now, commonTimezone(schedules.values()))
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

function stateOf(config: Config, { up = [], down = [], drained = [] }: ExplainRequest, state: State): State {
  for (const name of [...up, ...down, ...drained]) checkName(name, config)
  const given = new Map<string, Standing>([
    ...up.map((name) => [name, 'up'] as const),
    ...down.map((name) => [name, 'ejected'] as const),
    ...drained.map((name) => [name, 'drained'] as const),
  ])
  return { ...state, standing: (endpoint) => given.get(endpoint) ?? state.standing(endpoint) }
}

function checkName(name: string, config: Config): void {
  const names = ringingNames(config)
  if (!names.has(name)) throw new WrongQuestion(noneCalled('endpoint', name, names))
}

/** A recorded webhook: its parameters, and when it came if that was recorded too. */
export interface RecordedRequest {
  readonly params: WebhookParameters
  readonly at: string | undefined
}

/**
 * Reads one recorded webhook: the body of a form (`To=%2B49…&From=…`), a JSON object of Twilio's parameters, or a
 * line of dialsip's own log, which knows the time as well. Throws `WrongQuestion` when it is none of these.
 */
export function readRequest(text: string): RecordedRequest {
  const body = text.trim()
  const recorded = body.startsWith('{') ? fromJson(body) : { params: fromForm(body), at: undefined }
  if (recorded.params.To === undefined)
    throw new WrongQuestion(
      'the request is neither a form nor JSON with the parameter To, nor a line of the log',
    )
  return recorded
}

function fromForm(body: string): WebhookParameters {
  const params: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of new URLSearchParams(body)) {
    const earlier = params[name]
    params[name] = earlier === undefined ? value : [earlier, value].flat()
  }
  return params
}

/** Twilio's names begin with a capital letter, those of the log do not. */
function fromJson(body: string): RecordedRequest {
  const fields = parse(body)
  if (fields.to === undefined) return { params: textParameters(fields), at: undefined }
  return { params: parametersOfLine(fields), at: typeof fields.time === 'string' ? fields.time : undefined }
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body)
  } catch (error) {
    throw new WrongQuestion(`the request is not JSON: ${(error as Error).message}`)
  }
}

/**
 * Reads `NAME=VALUE` pairs. The name ends at the last `=` for outcomes, since a SIP URI may hold others; at the first
 * for parameters, whose values may. `what` names them in the message of the `WrongQuestion` for one without `=`.
 */
export function readPairs(texts: readonly string[], what: 'param' | 'outcome'): Record<string, string> {
  const pairs: Record<string, string> = Object.create(null)
  const wrong = texts.filter((text) => text.indexOf('=') < 1)
  if (wrong.length > 0) throw new WrongQuestion(...wrong.map((text) => `"${text}" is not ${EXPECTED[what]}`))
  for (const text of texts) {
    const at = what === 'param' ? text.indexOf('=') : text.lastIndexOf('=')
    pairs[text.slice(0, at)] = text.slice(at + 1)
  }
  return pairs
}

const EXPECTED = { param: 'NAME=VALUE', outcome: 'ENDPOINT=OUTCOME, such as frankfurt=503' }

/** Why a question cannot be answered: everything that is wrong with it, and all of that in one line. */
export class WrongQuestion extends Error {
  readonly problems: readonly string[]

  constructor(...problems: string[]) {
    super(problems.join('; '))
    this.problems = problems
  }
}
