import { dump } from 'js-yaml'
import { parameter } from '../call/call.js'
import { explainCommand } from '../call/explain-command.js'
import type { Config } from '../model/config.js'
import type { TestSource } from '../schema/test-case.js'
import { secretMasker } from '../sip/secret-masker.js'
import { parseForm } from '../twilio/form.js'
import { tokenlessParameters } from '../twilio/logged-parameters.js'
import type { CallRecord } from './call-record.js'
import { type PastQuestion, pastQuestion } from './past-question.js'
import { summaryOf } from './summary.js'
import type { WebhookRecord } from './webhook-record.js'

/** A recent call with all its webhooks, and as a question to the config. Secrets are masked. */
export function detailOf(
  record: CallRecord,
  webhooks: readonly WebhookRecord[],
  secrets: ReadonlySet<string>,
  { files, accountsApart }: Pick<Config, 'files' | 'accountsApart'>,
) {
  const question = pastQuestion(record, webhooks, accountsApart !== undefined)
  const detail = {
    ...summaryOf(record),
    webhooks: webhooks.map(shown),
    explain: question && explainCommand(files[0]!, optionsOf(question)),
    test: question && testCase(question, record),
  }
  return maskAll(detail, secretMasker([...secrets])) as typeof detail
}

function optionsOf({ to, from, account, at, params, outcomes, down, drained }: PastQuestion) {
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

/** A past call as an entry of `tests:`, in YAML: what came of it then is what must come of it. */
function testCase(question: PastQuestion, record: CallRecord): string {
  const { to, from, account, at, params, outcomes, down, drained } = question
  const { route, rule, hops } = record
  const test: TestSource = {
    name: `call ${record.callSid}`,
    call: { to, from, ...(account !== undefined && { account }), at, ...filled('params', texts(params)) },
    ...filled('outcomes', outcomes),
    ...(down.length > 0 && { down: [...down] }),
    ...(drained.length > 0 && { drained: [...drained] }),
    expect: {
      route,
      ...(rule !== '' && { rule }),
      ...(hops.length > 0 && { dials: hops.map(({ hop }) => hop) }),
    },
  }
  return dump([test], { lineWidth: -1 })
}

function texts(params: PastQuestion['params']): Record<string, string> {
  return Object.fromEntries(Object.keys(params).map((name) => [name, parameter(params, name)]))
}

/** A key with a map, unless that is empty. */
function filled<K extends string, V extends object>(key: K, map: V): { [key in K]?: V } {
  return (Object.keys(map).length > 0 ? { [key]: map } : {}) as { [key in K]?: V }
}
