import assert from 'node:assert/strict'
import type { Outcome } from '../../src/call/outcome.js'
import { advance, decide } from '../../src/decide.js'
import { planQuery, readPlan } from '../../src/dial/plan.js'
import type { Config } from '../../src/model/config.js'
import type { Decision, DialStep, Plan } from '../../src/model/decision.js'
import { ALL_UP, type Standing, type State } from '../../src/model/state.js'
import { callOf, configOf } from './build.js'

export const NOW = Date.parse('2026-11-20T10:00:00Z')

export const ENDPOINTS = `
endpoints:
  a: { uri: "sip:{{To}}@a.example.com" }
  b: { uri: "sip:{{To}}@b.example.com" }
  c: { uri: "sip:{{To}}@c.example.com" }
`

export function dialOf({ steps }: Decision): DialStep | undefined {
  return steps.find((step): step is DialStep => step.verb === 'dial')
}

/** What a decision does: verbs, and for a dial the hop that rings now with those still to try. */
export function verbs({ steps }: Decision): string[] {
  return steps.flatMap((step) => ('hop' in step ? [step.hop.name, ...step.plan.next] : step.verb))
}

/** The world with some endpoints not up. */
export function standing(others: Readonly<Record<string, Standing>>): State {
  return { standing: (endpoint) => others[endpoint] ?? 'up' }
}

export function outcome(status: string, code?: number, more: Partial<Outcome> = {}): Outcome {
  return { status, code, rang: false, bridged: undefined, ...more }
}

/** A call from its first webhook on: each outcome brings the next decision, until nothing is dialled any more. */
export function follow(config: Config, outcomes: readonly Outcome[], state: State = ALL_UP): string[][] {
  let decision = decide(config, callOf(), NOW, state)
  const way = [verbs(decision)]
  for (const one of outcomes) {
    const plan = dialOf(decision)?.plan
    if (!plan) break
    decision = advance(config, callOf(), throughUrl(plan), one, state)
    way.push(verbs(decision))
  }
  return way
}

/** A plan as the next webhook brings it. */
export function throughUrl(plan: Plan): Plan {
  const read = readPlan(Object.fromEntries(new URLSearchParams(planQuery(plan))))
  assert.deepEqual(read, plan)
  return read
}

export const CHAIN = configOf(`${ENDPOINTS}
routes:
  - { name: main, to: "+15551230001", dial: [a, b, c], otherwise: { say: sorry } }
`)
