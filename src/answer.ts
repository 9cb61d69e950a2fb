import { type Call, type Called, parameter } from './call/call.js'
import { hasCallerLeft, outcomeOf } from './call/outcome.js'
import { advance, callerLeft, decide, giveUp, place, refer, resume, screenFor } from './decide.js'
import { planQuery, readCalled, readPlan, readResume } from './dial/plan.js'
import { screenedTwiml, screenTwiml } from './dial/screen.js'
import type { Config } from './model/config.js'
import type { Decision } from './model/decision.js'
import type { State } from './model/state.js'
import { referTarget } from './sip/address.js'
import { parseForm } from './twilio/form.js'
import type { WebhookParameters } from './twilio/parameters.js'

// Which decision each of Twilio's requests asks for. The server and the exported function both answer by it.

/** What the answer to a webhook depends on. */
export interface PageRequest {
  /** Twilio's parameters. */
  readonly params: WebhookParameters
  /** The query, where dialsip's own plan travels. */
  readonly query: WebhookParameters
  /** Whether a callback said that a leg of the hop rang; default: none did. */
  readonly rang?: boolean
}

/** Decides about one webhook. */
export type DecidePage = (
  config: Config,
  call: Call,
  asked: PageRequest,
  now: number,
  state: State,
) => Decision

/** The pages that answer with TwiML for the caller, by the last part of their paths. */
export const ANSWERS = { voice, dialed, recorded, refer: referred, outbound } satisfies Record<
  string,
  DecidePage
>

export type AnswerPath = keyof typeof ANSWERS

/** A call comes in. */
function voice(config: Config, call: Call, _asked: PageRequest, now: number, state: State): Decision {
  return decide(config, call, now, state)
}

/** A `<Dial>` has ended. Without a plan the call is treated as one that comes in. */
function dialed(config: Config, call: Call, asked: PageRequest, now: number, state: State): Decision {
  const { params, query, rang = false } = asked
  const plan = readPlan(query)
  const isUnknown = !plan || isOutcomeMissing(params)
  if (isUnknown && hasCallerLeft(params)) return callerLeft(plan ?? NOWHERE)
  if (!plan) return decide(config, call, now, state)
  if (isUnknown) return giveUp(config, call, plan, state)
  return advance(config, call, plan, outcomeOf(params, rang), state)
}

const NOWHERE = { route: '', rule: '' }

/** Whether Twilio asks the fallback URL about a `<Dial>` without saying what came of it. */
function isOutcomeMissing(params: WebhookParameters): boolean {
  return parameter(params, 'ErrorUrl') !== '' && parameter(params, 'DialCallStatus') === ''
}

/** What Twilio says in place of the key that ended a recording ("TwiML <Record>", Digits). */
const HUNG_UP = 'hangup'

/** A `<Record>` has ended; the actions after it go on, if somebody is still there. */
function recorded(config: Config, call: Call, asked: PageRequest, _now: number, state: State): Decision {
  const from = readResume(asked.query)
  if (hasCallerLeft(asked.params) || parameter(asked.params, 'Digits') === HUNG_UP) return callerLeft(from)
  return resume(config, call, from, state)
}

/** The callee hands the call on by SIP REFER. */
function referred(config: Config, call: Call, asked: PageRequest, now: number, state: State): Decision {
  if (hasCallerLeft(asked.params)) return callerLeft(readPlan(asked.query) ?? NOWHERE)
  return refer(config, call, now, state)
}

/** A call that dialsip has placed is answered; what it is for is in the query. */
function outbound(config: Config, call: Call, { query }: PageRequest, now: number, state: State): Decision {
  return place(config, call, taskOf(query), now, state)
}

function taskOf(query: WebhookParameters) {
  const route = parameter(query, 'route')
  return route === '' ? { dial: parameter(query, 'dial') } : { route }
}

/** Who is called in place of Twilio's `To`. Of a REFER it is the target: that is who is called from now on. */
export function calledBy(path: string, { params, query }: PageRequest): Called {
  if (path !== 'refer') return readCalled(query)
  const target = parameter(params, 'ReferTransferTarget')
  return { called: referTarget(target), referred: target }
}

/** What a callee who has answered hears first, or what follows the digits pressed; undefined without a screen. */
export function answerScreen(
  config: Config,
  call: Call,
  { params, query }: PageRequest,
): Screened | undefined {
  const plan = readPlan(query)
  const asked = plan && screenFor(config, plan, call)
  if (!asked) return undefined
  const digits = parameter(params, 'Digits')
  const url = `${config.publicUrl.href}/screen?${planQuery(plan)}`
  return {
    hop: plan.hop,
    pressed: digits !== '',
    twiml: digits === '' ? screenTwiml(asked.screen, asked.text, url) : screenedTwiml(asked.screen, digits),
  }
}

interface Screened {
  readonly hop: string
  readonly pressed: boolean
  readonly twiml: string
}

/** A page of dialsip that Twilio could not reach, and the query of its URL. */
export interface FailedPage {
  readonly path: AnswerPath | 'screen'
  readonly query: WebhookParameters
}

/** Whether the query of a page holds what this page needs; without it the URL is not one of dialsip's. */
const NEEDS: Readonly<Record<string, (query: WebhookParameters) => boolean>> = {
  dialed: hasPlan,
  refer: hasPlan,
  screen: hasPlan,
  recorded: (query) => parameter(query, 'list') !== '',
  outbound: (query) => parameter(query, 'route') !== '' || parameter(query, 'dial') !== '',
}

/**
 * What to answer when Twilio asks here because it could not get that page from another dialsip, or could not use what
 * it got: `ErrorUrl` is the URL that failed ("Availability and Reliability"), and the plan is in it. Undefined when the
 * call is to be decided as one that comes in: `ErrorUrl` is that of `/voice`, or of something else than dialsip.
 */
export function failedPage(params: WebhookParameters): FailedPage | undefined {
  const url = parameter(params, 'ErrorUrl')
  if (!URL.canParse(url)) return undefined
  const { pathname, search } = new URL(url)
  const path = /([^/]*)\/?$/.exec(pathname)![1]!
  const query = queryOf(search)
  if (!query || !Object.hasOwn(NEEDS, path) || !NEEDS[path]!(query)) return undefined
  // the target of the REFER is not known, so the page of a dial that has ended answers
  if (path === 'refer' && parameter(params, 'ReferTransferTarget') === '') return { path: 'dialed', query }
  return { path: path as FailedPage['path'], query }
}

function hasPlan(query: WebhookParameters): boolean {
  return readPlan(query) !== undefined
}

/** Undefined for a query that is not well encoded. */
function queryOf(search: string): WebhookParameters | undefined {
  try {
    return parseForm(search.slice(1))
  } catch {
    return undefined
  }
}
