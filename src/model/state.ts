import { utcText } from '../schedule/instant.js'

/** The state of an endpoint: `ejected` by failures, `drained` by hand, `full` by its `maxCalls`. */
export type Standing = (typeof STANDINGS)[number]

export const STANDINGS = ['up', 'ejected', 'drained', 'full'] as const

/** What `decide` needs apart from the config, the call and the time. */
export interface State {
  standing(endpoint: string): Standing
  /** What operators have set by hand; absent when nothing is. */
  readonly overrides?: ActiveOverrides | undefined
}

/** What holds instead of the config for a while, because an operator said so. */
export interface Override {
  readonly kind: 'schedule' | 'route'
  /** The schedule or route. */
  readonly name: string
  /** `open` or `closed` for a schedule, the name of an action for a route. */
  readonly to: string
  /** Epoch milliseconds at which the config holds again. */
  readonly until: number
  readonly author: string
  readonly note: string
  /** Epoch milliseconds. */
  readonly since: number
}

/** The overrides that hold at one instant. */
export interface ActiveOverrides {
  of(kind: Override['kind'], name: string): Override | undefined
}

/** `set closed until 2026-11-20T17:00:00Z by anna: fire drill` */
export function overrideText({ to, until, author, note }: Override): string {
  return `set ${to} until ${utcText(until)} by ${author}: ${note}`
}

/** A world in which every endpoint is up. */
export const ALL_UP: State = { standing: () => 'up' }
