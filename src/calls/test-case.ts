import { dump } from 'js-yaml'
import { parameter } from '../call/call.js'
import type { TestSource } from '../schema/test-case.js'
import type { CallRecord } from './call-record.js'
import type { PastQuestion } from './past-question.js'

/** A past call as an entry of `tests:`, in YAML: what came of it then is what must come of it. */
export function testCase(question: PastQuestion, record: CallRecord): string {
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
