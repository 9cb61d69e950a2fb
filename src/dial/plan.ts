import { hash } from 'node:crypto'
import { type Called, NOBODY_ELSE, parameter } from '../call/call.js'
import { OUTCOME_CLASSES, type OutcomeClass } from '../call/outcome.js'
import type { Action, DialAction, DialEntry, Hop } from '../model/config.js'
import type { Frame, Plan, Resume, Tried } from '../model/decision.js'
import { templateText } from '../template/template.js'
import type { WebhookParameters } from '../twilio/parameters.js'

/** Neither may be in a SIP URI (RFC 3986 §2) or a name, so hops need no escape among themselves. */
const BETWEEN_ENDPOINTS = '|'
const BETWEEN_HOPS = '^'

/** What a hop is called: the names of its endpoints. */
export function hopName(endpoints: readonly string[]): string {
  return endpoints.length === 1 ? endpoints[0]! : endpoints.join(BETWEEN_ENDPOINTS)
}

/** The endpoints of a hop of this name. */
export function endpointsIn(hop: string): string[] {
  return hop.split(BETWEEN_ENDPOINTS)
}

/** The plan with which most calls of a dial begin: as its hops are written. Kept, since it is the same for all of them. */
const firstPlans = new WeakMap<DialAction, Plan>()

/** The plan of a dial whose hop at `at` rings now, and then those after it. */
export function planFor(
  dial: DialAction,
  order: readonly { readonly hop: Hop }[],
  at: number,
  { route, rule, tried, call }: Frame,
): Plan {
  const kept = firstPlans.get(dial)
  const first = at === 0 && tried.length === 0 && call.called === undefined
  if (first && kept?.route === route && kept.rule === rule && isInOrder(kept, order)) return kept
  const next = order.slice(at + 1).map(({ hop }) => hop.name)
  const hop = order[at]!.hop.name
  const fingerprint = fingerprintOf(dial)
  const plan = { dial: dial.id, fingerprint, hop, next, tried, route, rule, ...calledOf(call) }
  if (first) firstPlans.set(dial, Object.freeze(plan))
  return plan
}

function isInOrder({ hop, next }: Plan, order: readonly { readonly hop: Hop }[]): boolean {
  if (order.length !== next.length + 1) return false
  return order.every((one, at) => one.hop.name === (at === 0 ? hop : next[at - 1]))
}

/**
 * The plan as a query string. Keys are sorted, because Twilio is reported to send a query sorted and sign it as
 * written (twilio-node #1079); what has no value is left out.
 */
export function planQuery(plan: Plan): string {
  const { called = '', dial, fingerprint, hop, next, referred = '', tried, route, rule } = plan
  return queryString({
    called,
    dial,
    fingerprint,
    hop,
    next: listOfHops(next),
    referred,
    route,
    rule,
    tried: triedText(tried),
  })
}

function triedText(tried: readonly Tried[]): string {
  return tried.map((one) => `${one.outcome}:${one.hop}`).join(BETWEEN_HOPS)
}

/** A query string of the values that are not empty; keys must come sorted. */
export function queryString(values: Readonly<Record<string, string>>): string {
  let text = ''
  for (const [key, value] of Object.entries(values)) {
    if (value !== '') text += `${text === '' ? '' : '&'}${key}=${encode(value)}`
  }
  return text
}

/** Every parameter of a URL of dialsip's; those of Twilio begin with a capital letter. */
export const URL_KEYS: ReadonlySet<string> = new Set([
  ...['called', 'dial', 'fingerprint', 'hop', 'next', 'referred', 'route', 'rule', 'tried'],
  ...['list', 'step', 'endpoint'],
])

/** What needs no encoding: most names. */
const PLAIN = /^[\w.*-]*$/

/**
 * As `URLSearchParams` writes it, so that a proxy that parses the query and writes it again does not change what was
 * signed.
 */
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
    fingerprint: parameter(params, 'fingerprint'),
    hop,
    next: readListOfHops(parameter(params, 'next')),
    tried: readTried(parameter(params, 'tried')),
    route: parameter(params, 'route'),
    rule: parameter(params, 'rule'),
    ...readCalled(params),
  }
}

/** Where a list of actions goes on after a recording, as a query string. */
export function resumeQuery({
  called = '',
  list: id,
  referred = '',
  step,
  route,
  rule,
  tried,
}: Resume): string {
  return queryString({
    called,
    list: id,
    referred,
    route,
    rule,
    step: String(step),
    tried: triedText(tried),
  })
}

/** Reads where a list goes on from the query of a webhook. */
export function readResume(params: WebhookParameters): Resume {
  return {
    list: parameter(params, 'list'),
    step: stepOf(parameter(params, 'step')),
    route: parameter(params, 'route'),
    rule: parameter(params, 'rule'),
    tried: readTried(parameter(params, 'tried')),
  }
}

/** For a text that is no step no action is left: beginning again would record again, for ever. */
function stepOf(text: string): number {
  return /^[1-9]\d*$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY
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

/** Reads what `listOfHops` wrote. */
export function readListOfHops(text: string): string[] {
  return text === '' ? [] : text.split(BETWEEN_HOPS)
}

/** Reads what `triedText` wrote; what is none of it is left out. */
function readTried(text: string): Tried[] {
  return readListOfHops(text).flatMap(readTriedHop)
}

function readTriedHop(text: string): Tried[] {
  const outcome = text.slice(0, text.indexOf(':')) as OutcomeClass
  return OUTCOME_CLASSES.includes(outcome) ? [{ outcome, hop: text.slice(outcome.length + 1) }] : []
}

const fingerprints = new WeakMap<DialAction, string>()

/**
 * Eight hex digits for what a dial consists of: its hops by name, its failover classes, and what its `otherwise` says and
 * does. A plan finds its dial by them when rules were moved or renamed while the call rang. Attributes do not count: with
 * another timeout it is still the same dial.
 */
export function fingerprintOf(dial: DialAction): string {
  const known = fingerprints.get(dial)
  if (known !== undefined) return known
  const parts = [dial.entries.map(entryText), dial.failoverOn, dial.otherwise?.actions.map(actionText)]
  const fingerprint = hash('sha1', JSON.stringify(parts)).slice(0, 8)
  fingerprints.set(dial, fingerprint)
  return fingerprint
}

function actionText(action: Action): readonly string[] {
  if ('entries' in action) return [action.verb, fingerprintOf(action)]
  const text = templateText(action.value)
  return text === '' ? [action.verb] : [action.verb, text]
}

function entryText(entry: DialEntry): unknown {
  return 'hop' in entry ? entry.hop.name : entry.choices.map(({ name, weight }) => [name, weight])
}
