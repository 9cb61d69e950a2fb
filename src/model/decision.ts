import type { Call, Called } from '../call/call.js'
import type { OutcomeClass } from '../call/outcome.js'
import type { Match } from '../numbers/number-index.js'
import type { Values } from '../template/template.js'
import type { Condition, Config, ElementAction, Endpoint, Hop } from './config.js'
import type { Standing, State } from './state.js'

/** What dialsip answers a webhook with, and why. Plain data. */
export interface Decision {
  /** The route that decided; empty when no route claims the number, and when a rule of the config decided. */
  readonly route: string
  /** The pattern by which the route claims it. */
  readonly claim: string
  /** The rule that fits, by name or place from 1; empty for a single action, and when none fits. */
  readonly rule: string
  /** The rules above it, and why each does not fit; those of the config, `@@rules/1`, before those of the route. */
  readonly skipped: readonly SkippedRule[]
  /** One line for the log. */
  readonly reason: string
  /** What the TwiML does, in order. Empty: the call ends. */
  readonly steps: readonly Step[]
  /** Hops that could not be tried now, and why. */
  readonly passedOver: readonly PassedOver[]
  /** What the log should warn of. */
  readonly warnings: readonly string[]
  /** The class of the outcome that this decision follows, if it follows one. */
  readonly outcome: OutcomeClass | undefined
}

/** A condition that a call does not meet, and what the call has instead. */
export interface UnmetCondition {
  readonly condition: Condition
  readonly saw: string
}

export interface SkippedRule extends UnmetCondition {
  readonly rule: string
}

export interface PassedOver {
  readonly hop: string
  readonly why: string
}

/** What actions come to in one call. */
export type ActionResult = Pick<Decision, 'steps' | 'passedOver' | 'warnings'>

/** One TwiML verb with the values of this call filled in. */
export type Step = DialStep | ElementStep

export interface ElementStep {
  readonly verb: string
  readonly action: ElementAction
  /** The action's value. */
  readonly text: string
  /** Of one after which Twilio asks dialsip what comes next. */
  readonly resume: Resume | undefined
}

/** One `<Dial>`: where it rings now, and the plan for what comes after. */
export interface DialStep {
  readonly verb: 'dial'
  readonly hop: Hop
  readonly targets: readonly Target[]
  readonly callerId: string | undefined
  readonly standing: Standing
  /** The state of the endpoints of this hop and the next ones that are not up; undefined when all are. */
  readonly notUp: Readonly<Record<string, Standing>> | undefined
  readonly plan: Plan
}

/** One `<Sip>` or `<Number>` of a dial. */
export interface Target {
  readonly endpoint: Endpoint
  /** The SIP URI with its headers, or the phone number. */
  readonly address: string
}

/** Where a list of actions goes on after a recording: travels in the URL that Twilio requests then. */
export interface Resume extends Called {
  readonly list: string
  readonly step: number
  readonly route: string
  readonly rule: string
  readonly tried: readonly Tried[]
}

/**
 * What a later webhook of the call needs to carry on, by name: it travels in the URL that Twilio requests, so
 * that any replica, before or after a reload, goes on with the same plan.
 */
export interface Plan extends Called {
  /** The id of the dial, see `ActionList`. */
  readonly dial: string
  /** What the dial consisted of, so that it is recognised under another id. */
  readonly fingerprint: string
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

/** What one decision is made with. */
export interface Frame {
  /** As the account of the call sees it. */
  readonly config: Config
  readonly call: Call
  /** The claim that wins the called number; its route may be one for other accounts. */
  readonly found: Match | undefined
  readonly values: Values
  readonly state: State
  /** The route and rule that decided; empty where none did. */
  readonly route: string
  readonly rule: string
  /** The hops that rang before. */
  readonly tried: readonly Tried[]
}
