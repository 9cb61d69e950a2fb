import { dump } from 'js-yaml'
import { parameter } from '../call/call.js'
import { classify, readOutcome } from '../call/outcome.js'
import { endpointsIn } from '../dial/plan.js'
import type { Config } from '../model/config.js'
import type { TestSource } from '../schema/test-case.js'
import { secretMasker } from '../sip/masker.js'
import { parseForm } from '../twilio/form.js'
import { loggedParameters, tokenlessParameters } from '../twilio/logged-parameters.js'
import type { WebhookParameters } from '../twilio/parameters.js'
import { type CallRecord, callOutcome, type HopRecord, hopOutcome } from './call-record.js'
import type { WebhookRecord } from './webhooks.js'

/** A recent call as `GET /api/calls` and the log have it. */
export type RecentCall = ReturnType<typeof summaryOf>

/** A recent call in one line of a list. */
export function summaryOf(record: CallRecord) {
  const { callSid, since, from, to, route, rule, verb, finished, seconds, hops } = record
  return {
    callSid,
    at: new Date(since).toISOString(),
    from,
    to,
    route,
    rule,
    hops: hops.map((hop) => ({
      hop: hop.hop,
      at: new Date(hop.since).toISOString(),
      outcome: finished ? hopOutcome(hop, record) : hop.outcome,
      code: hop.code,
      seconds: hop.seconds,
      noProgress: hop.noProgress,
    })),
    outcome: finished ? callOutcome(record, verb) : undefined,
    seconds,
  }
}

/** Which calls are asked for; each that is given must fit. */
export interface CallQuestion {
  /** A part of the caller's or the called number. */
  readonly number?: string | undefined
  /** A class or SIP code that came of one of its hops, or what the call ended as. */
  readonly outcome?: string | undefined
  /** `default` is that of calls which no route claims. */
  readonly route?: string | undefined
  readonly endpoint?: string | undefined
}

/** Makes a function that tells whether a call is asked for. */
export function callFilter({ number = '', outcome, route, endpoint }: CallQuestion) {
  return function isAskedFor(record: CallRecord): boolean {
    const { from, to, hops } = record
    return (
      (from.includes(number) || to.includes(number)) &&
      (route === undefined || route === (record.route || NO_ROUTE)) &&
      (endpoint === undefined || hops.some(({ hop }) => endpointsIn(hop).includes(endpoint))) &&
      (outcome === undefined || outcomesIn(record).includes(outcome))
    )
  }
}

/** What the metrics call it, too. */
const NO_ROUTE = 'default'

function outcomesIn(record: CallRecord): (string | undefined)[] {
  const { hops, outcome } = summaryOf(record)
  return [outcome, ...hops.flatMap((hop) => [hop.outcome, hop.code?.toString()])]
}

/** A recent call with all its webhooks, and as a question to the config. Secrets are masked. */
export function detailOf(
  record: CallRecord,
  webhooks: readonly WebhookRecord[],
  secrets: ReadonlySet<string>,
  { files, accountsApart }: Pick<Config, 'files' | 'accountsApart'>,
) {
  const question = pastQuestion(record, webhooks, accountsApart !== undefined)
  const { callSid, route, rule, hops } = record
  const came = { name: `call ${callSid}`, route, rule, dials: hops.map(({ hop }) => hop) }
  const detail = {
    ...summaryOf(record),
    webhooks: webhooks.map(shown),
    question,
    explain: question && explainText(files[0]!, question),
    test: question && testText(question, came),
  }
  return maskAll(detail, secretMasker([...secrets])) as typeof detail
}

function shown({ at, path, form, status, decision, twiml }: WebhookRecord) {
  return {
    at: new Date(at).toISOString(),
    path,
    params: tokenlessParameters(parseForm(form)),
    status,
    decision,
    twiml: twiml === '' ? undefined : twiml,
  }
}

/** Masks every text in plain data. */
function maskAll(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value)
  if (Array.isArray(value)) return value.map((one) => maskAll(one, mask))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [mask(key), maskAll(one, mask)]))
}

/** The command that asks a question of the config in a file. */
export function explainText(file: string, question: WrittenQuestion): string {
  return explainCommand(file, optionsOf(question))
}

function optionsOf({ to, from, account, at, params, outcomes, down, drained }: WrittenQuestion) {
  return [
    ['to', to] as const,
    ['from', from] as const,
    ...(account === undefined ? [] : [['account', account] as const]),
    ['at', at] as const,
    ...Object.keys(params).map((name) => ['param', `${name}=${parameter(params, name)}`] as const),
    ...Object.entries(outcomes).map(([hop, outcome]) => ['outcome', `${hop}=${outcome}`] as const),
    ...down.map((name) => ['down', name] as const),
    ...drained.map((name) => ['drained', name] as const),
  ]
}

/** What came of a call, for a test of that name. */
interface CameOf {
  readonly name: string
  readonly route: string
  readonly rule: string
  /** The hops that rang. */
  readonly dials: readonly string[]
  /** What ended it. */
  readonly action?: string
}

/** A question as an entry of `tests:`, in YAML: what came of it is what must come of it. */
export function testText(question: WrittenQuestion, { name, route, rule, dials, action }: CameOf): string {
  const { to, from, account, at, params, outcomes, down, drained } = question
  const test: TestSource = {
    name,
    call: { to, from, ...(account !== undefined && { account }), at, ...filled('params', texts(params)) },
    ...filled('outcomes', outcomes),
    ...(down.length > 0 && { down: [...down] }),
    ...(drained.length > 0 && { drained: [...drained] }),
    expect: {
      route,
      ...(rule !== '' && { rule }),
      ...(dials.length > 0 && { dials: [...dials] }),
      ...(action !== undefined && { action }),
    },
  }
  return dump([test], { lineWidth: -1 })
}

function texts(params: WrittenQuestion['params']): Record<string, string> {
  return Object.fromEntries(Object.keys(params).map((name) => [name, parameter(params, name)]))
}

/** A key with a map, unless that is empty. */
function filled<K extends string, V extends object>(key: K, map: V): { [key in K]?: V } {
  return (Object.keys(map).length > 0 ? { [key]: map } : {}) as { [key in K]?: V }
}

/** A call, as `dialsip explain` and `tests:` ask for it. */
export interface WrittenQuestion {
  readonly to: string
  readonly from: string
  /** The SID of its account, where the config keeps accounts apart. */
  readonly account?: string
  /** ISO 8601. */
  readonly at: string
  readonly params: WebhookParameters
  /** What came of each hop, in the words of `--outcome`. */
  readonly outcomes: Readonly<Record<string, string>>
  readonly down: readonly string[]
  readonly drained: readonly string[]
}

/** The question that a call was; undefined when this replica has not seen it come in. */
export function pastQuestion(
  record: CallRecord,
  webhooks: readonly WebhookRecord[],
  accountsApart: boolean,
): WrittenQuestion | undefined {
  const first = webhooks.find(({ path, decision }) => path === '/voice' && decision)
  if (!first) return undefined
  const { at, decision } = first
  const params = parseForm(first.form)
  const standings = Object.entries(decision?.notUp ?? {})
  return {
    to: parameter(params, 'To'),
    from: parameter(params, 'From'),
    ...(accountsApart && { account: parameter(params, 'AccountSid') }),
    at: new Date(at).toISOString(),
    // by which a split chooses
    params: { CallSid: record.callSid, ...loggedParameters(params) },
    outcomes: outcomesOf(record),
    down: standings.filter(([, standing]) => standing === 'ejected').map(([name]) => name),
    drained: standings.filter(([, standing]) => standing === 'drained').map(([name]) => name),
  }
}

/** A hop whose outcome is not known yet is left out: it counts as answered. */
function outcomesOf(record: CallRecord): Record<string, string> {
  const ended = record.hops.filter(({ outcome }) => outcome !== undefined || record.finished)
  return Object.fromEntries(ended.map((hop) => [hop.hop, outcomeWord(hop, record)]))
}

/** The SIP code says most; where it decides nothing, or there is none, the word for the class does. */
function outcomeWord(hop: HopRecord, record: CallRecord): string {
  const outcome = hopOutcome(hop, record)
  const { code } = hop
  if (outcome === 'answered' || outcome === 'canceled') return outcome
  if (outcome === 'noAnswer' && code === undefined) return 'ringing+timeout'
  if (outcome === 'noAnswer' && Math.floor(code! / 100) === 2) return 'unaccepted'
  // the code of a cancelled leg does not say that it was cancelled
  return code !== undefined && classify(readOutcome(String(code))!) === outcome ? String(code) : outcome
}

/** The command that explains a call by the config in a file, for a POSIX shell; options as `['outcome', 'a=503']`. */
export function explainCommand(
  file: string,
  options: readonly (readonly [name: string, value: string])[],
): string {
  const words = [['-c', file], ...options.map(([name, value]) => option(name, value))].flat()
  return ['dialsip', 'explain', ...words.map(quoted)].join(' ')
}

/** A value that begins with a dash would be taken for an option, unless it is joined to its name. */
function option(name: string, value: string): string[] {
  return value.startsWith('-') ? [`--${name}=${value}`] : [`--${name}`, value]
}

/** Whatever a caller sends stays one word of the shell (POSIX, "Single-Quotes"). */
function quoted(word: string): string {
  return /^[\w+.:@/=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
