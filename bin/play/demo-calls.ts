import { type ExplainRequest, SOMEBODY } from '../../src/explain/scenario.js'
import type { Config, TestCase } from '../../src/model/config.js'

/** A call of the demo, and what it shows. */
interface DemoCall {
  readonly title: string
  readonly to: string
  readonly question: ExplainRequest
}

/** A Friday morning in Berlin, so that the office of the example is open whenever the demo runs. */
const OFFICE_HOURS = '2026-11-20T10:00:00+01:00'

/** The calls of the shipped example. */
export const EXAMPLE_CALLS: readonly DemoCall[] = [
  {
    title: 'A call to a number with one SIP address',
    to: '+15551230001',
    question: { params: { From: SOMEBODY }, at: OFFICE_HOURS },
  },
  {
    title: 'Frankfurt answers 503, so Dublin rings; Dublin is busy, so the caller gets the voicemail',
    to: '+4930123456',
    question: {
      params: { From: '+491701234567' },
      at: OFFICE_HOURS,
      outcomes: { frankfurt: '503', dublin: '486' },
    },
  },
  {
    title: 'A number that no route claims',
    to: '+15550000000',
    question: { params: { From: 'anonymous' }, at: OFFICE_HOURS },
  },
]

/** So many calls are looked through in a minute. */
const MOST_CALLS = 5

/** Calls that show what a config does: those of its own tests, else one to each exact number that it claims. */
export function callsOf({ tests, numbers }: Config): readonly DemoCall[] {
  if (tests.length > 0) return tests.slice(0, MOST_CALLS).map(testedCall)
  return [...numbers.exact.keys()].slice(0, MOST_CALLS).map((number) => ({
    title: 'A call to a number of the config',
    to: `+${number}`,
    question: { params: { From: SOMEBODY } },
  }))
}

function testedCall({ name, call, outcomes }: TestCase): DemoCall {
  const { to, from = '', account, at, params } = call
  return {
    title: name ?? 'A call of the tests',
    to,
    question: { params: { ...params, From: from }, account, at, outcomes },
  }
}
