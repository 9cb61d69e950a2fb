import type { OutcomeClass } from '../call/outcome.js'
import type { PassedOver } from '../model/decision.js'
import type { Standing } from '../model/state.js'

/**
 * Why a call goes where it goes, step by step: plain data without secrets. This is what `dialsip explain --json` and
 * `GET /api/explain` give (docs/explain.md); fields are added to it, none is renamed or taken away.
 */
export interface Explanation {
  /** The revision of the config. */
  readonly revision: string
  readonly call: ExplainedCall
  readonly number: ExplainedNumber
  /** The rules of the config, which are asked before the route; missing when it has none. */
  readonly configRules?: readonly ExplainedRule[]
  /** Empty when no route claims the number, and when a rule of the config fits. */
  readonly route: string
  /** Name or place from 1; empty for a route without rules, and when none fits. */
  readonly rule: string
  readonly reason: string
  /** The rules of the route, in their order; empty for a route without rules. */
  readonly rules: readonly ExplainedRule[]
  /** The schedules that were asked. */
  readonly schedules: readonly ExplainedSchedule[]
  /** Each webhook of the call with its answer. */
  readonly steps: readonly ExplainedStep[]
  /** The hops that ring, in order. */
  readonly dials: readonly string[]
  /** How it ends: `answered`, `canceled`, or the last verb of the last document. */
  readonly end: string
}

export interface ExplainedCall {
  readonly to: string
  readonly from: string
  readonly callSid: string
  /** The account that the call comes from, by its name; there when the config has several. */
  readonly account?: string
  /** ISO 8601, UTC. */
  readonly at: string
}

export interface ExplainedNumber {
  /** What the number is taken for. */
  readonly kind: 'number' | 'sip' | 'client' | 'anonymous' | 'other'
  /** The pattern that wins; empty when none fits. */
  readonly claim: string
  /** What the `*` of the pattern stood for. */
  readonly wild: string
  /** Every pattern that fits, the strongest first. */
  readonly compared: readonly ExplainedClaim[]
  /** What comes near, when none fits. */
  readonly nearMisses: readonly { readonly pattern: string; readonly route: string; readonly says: string }[]
}

/** A claim that the called number fits. */
export interface ExplainedClaim {
  readonly pattern: string
  readonly route: string
  readonly kind: 'exact' | 'range' | 'prefix' | 'sip' | 'sip-prefix'
  /** The kind in words. */
  readonly says: string
}

export interface ExplainedRule {
  readonly rule: string
  readonly verdict: 'fits' | 'skipped' | 'not reached'
  /** Its conditions as the config says them. */
  readonly conditions: readonly string[]
  /** The condition that is not met, the value it was held against, and how near the call came. */
  readonly failed?: { readonly condition: string; readonly saw: string; readonly hint?: string }
}

export interface ExplainedSchedule {
  readonly schedule: string
  readonly open: boolean
  readonly says: string
}

/** One webhook and its answer. */
export interface ExplainedStep {
  /** The URL that Twilio requests: `/voice`, `/dialed` or `/recorded`. */
  readonly webhook: string
  readonly reason: string
  /** The verbs of the answer. */
  readonly verbs: readonly string[]
  /** The `<Dial>` of the answer, if it has one. */
  readonly hop?: ExplainedHop
  readonly passedOver: readonly PassedOver[]
  readonly warnings: readonly string[]
  /** The answer, as Twilio gets it but for secrets, which are `***`. */
  readonly twiml: string
}

export interface ExplainedHop {
  readonly name: string
  /** Identifies the dial in the config: `berlin/2`, `@voicemail`. */
  readonly dial: string
  readonly standing: Standing
  readonly targets: readonly ExplainedTarget[]
  /** The hops that would follow. */
  readonly next: readonly string[]
  /** What makes the next one ring. */
  readonly failoverOn: readonly string[]
  /** What is thought to come of it. */
  readonly outcome: OutcomeClass
  readonly code?: number
  /** The document that the callee hears first. */
  readonly screen?: string
}

export interface ExplainedTarget {
  readonly endpoint: string
  /** Without headers; a phone number for `<Number>`. */
  readonly uri: string
  /** The region or edge from which the call leaves; empty for Twilio's own choice. */
  readonly region: string
  readonly headers: Readonly<Record<string, string>>
}
