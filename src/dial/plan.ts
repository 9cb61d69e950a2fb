import { type Called, NOBODY_ELSE, parameter } from '../call/call.js'
import { OUTCOME_CLASSES, type OutcomeClass } from '../call/outcome.js'
import type { WebhookParameters } from '../twilio/parameters.js'

/**
 * What a later webhook of the call needs to carry on, by name: it travels in the URL that Twilio requests, so
 * that any replica, before or after a reload, goes on with the same plan.
 */
export interface Plan extends Called {
  /** The id of the dial, see `ActionList`. */
  readonly dial: string
  /** What the dial consisted of, so that it is recognised under another id. */
  readonly mark: string
  /** The hop that rings now. */
  readonly hop: string
  /** The hops still to try. */
  readonly next: readonly string[]
  readonly tried: readonly Tried[]
  /** The route and rule that decided; empty where none did. For the log. */
  readonly route: string
  readonly rule: string
}

/** A hop that rang, and what came of it. */
export interface Tried {
  readonly hop: string
  readonly outcome: OutcomeClass
}

/** Neither may stand in a SIP URI (RFC 3986 §2) or a name, so hops need no escape among themselves. */
export const BETWEEN_ENDPOINTS = '|'
const BETWEEN_HOPS = '^'

/**
 * The plan as a query string. Keys are sorted, because Twilio is reported to send a query sorted and sign it as
 * written (twilio-node #1079); what has no value is left out.
 */
export function planQuery(plan: Plan): string {
  const { called = '', dial, mark, hop, next, referred = '', tried, route, rule } = plan
  return query({
    called,
    dial,
    hop,
    mark,
    next: listOfHops(next),
    referred,
    route,
    rule,
    tried: triedText(tried),
  })
}

export function triedText(tried: readonly Tried[]): string {
  return tried.map((one) => `${one.outcome}:${one.hop}`).join(BETWEEN_HOPS)
}

/** A query string of the values that are not empty; keys must come sorted. */
export function query(values: Readonly<Record<string, string>>): string {
  let text = ''
  for (const [key, value] of Object.entries(values)) {
    if (value !== '') text += `${text === '' ? '' : '&'}${key}=${encode(value)}`
  }
  return text
}

/** What needs no encoding: most names. */
const PLAIN = /^[\w.*-]*$/

/** As `URLSearchParams` writes it, so that nobody who reads and writes the query again changes what was signed. */
function encode(text: string): string {
  if (PLAIN.test(text)) return text
  // a JSON body may hold half of a character, which has no encoding
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
    /[~!'()]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** Reads a plan from the query of a webhook; undefined when it holds none. */
export function readPlan(params: WebhookParameters): Plan | undefined {
  const dial = parameter(params, 'dial')
  const hop = parameter(params, 'hop')
  if (dial === '' || hop === '') return undefined
  return {
    dial,
    hop,
    mark: parameter(params, 'mark'),
    next: list(parameter(params, 'next')),
    tried: readTried(parameter(params, 'tried')),
    route: parameter(params, 'route'),
    rule: parameter(params, 'rule'),
    ...readCalled(params),
  }
}

/** Reads who is called in place of Twilio's `To` from the query of a webhook. */
export function readCalled(params: WebhookParameters): Called {
  const called = parameter(params, 'called')
  if (called === '') return NOBODY_ELSE
  const referred = parameter(params, 'referred')
  return { called, ...(referred !== '' && { referred }) }
}

/** The same of a call, for its URLs. */
export function calledOf({ called, referred }: Called): Called {
  if (called === undefined) return NOBODY_ELSE
  return { called, ...(referred !== undefined && { referred }) }
}

/** Names of hops as `next` and `tried` hold them. */
export function listOfHops(names: readonly string[]): string {
  return names.join(BETWEEN_HOPS)
}

export function list(text: string): string[] {
  return text === '' ? [] : text.split(BETWEEN_HOPS)
}

/** Reads what `triedText` wrote; what is none of it is left out. */
export function readTried(text: string): Tried[] {
  return list(text).flatMap(readOne)
}

function readOne(text: string): Tried[] {
  const outcome = text.slice(0, text.indexOf(':')) as OutcomeClass
  return OUTCOME_CLASSES.includes(outcome) ? [{ outcome, hop: text.slice(outcome.length + 1) }] : []
}
