import type { Call } from '../call/call.js'
import type { Match } from '../numbers/number-index.js'
import type { Values } from '../template/template.js'
import type { Config } from './config.js'
import type { Tried } from './decision.js'
import type { State } from './state.js'

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
