import { actionWords } from '../actions/table.js'
import type { Call } from '../call/call.js'
import { schedulesOf } from '../conditions/table.js'
import { decide } from '../decide.js'
import { dialStepIn, findDial } from '../dial/find-dial.js'
import { summaryOf } from '../diff/facts.js'
import { claimFor, forAccount } from '../for-account.js'
import type { Config } from '../model/config.js'
import type { Decision, Step } from '../model/decision.js'
import { ALL_UP, type Override, overrideText } from '../model/state.js'
import { type DatedState, scheduleState, scheduleStretches } from '../schedule/state.js'

/** What becomes of a call while all that is up stays up. */
export interface ExpectedCall {
  readonly route: string
  readonly rule: string
  readonly reason: string
  /** What it hears and who rings, in words. */
  readonly says: string
  /** The hops in the order in which they ring. */
  readonly hops: readonly string[]
  /** What follows when none of them takes the call, in words. */
  readonly otherwise: string | undefined
}

/** A schedule, and what it says: by its hours, or as an operator has set it. */
export interface AskedSchedule extends DatedState {
  readonly schedule: string
  readonly overridden: boolean
}

/** A time, in epoch milliseconds, in which the same becomes of a call, for the same reasons; `until` is exclusive. */
export interface CalendarSpan {
  readonly from: number
  readonly until: number
  readonly call: ExpectedCall
  readonly schedules: readonly AskedSchedule[]
  /** What an operator has set the route to, in words. */
  readonly override: string | undefined
}

/** The schedules that decide about a call: those of the config's rules, and of the route that claims the number. */
export function schedulesFor(whole: Config, call: Call): string[] {
  const { config, route } = routeFor(whole, call)
  const rules = [...config.rules, ...(config.routes.get(route)?.rules ?? [])]
  return [...new Set(rules.flatMap(({ conditions }) => schedulesOf(conditions)))]
}

/**
 * Who rings when: what becomes of a call from one instant to another while all endpoints are up. It is decided once
 * between two changes of the schedules that are asked or of what operators have set. A generator: nothing is computed
 * ahead.
 */
export function* callCalendar(
  whole: Config,
  call: Call,
  { from, until }: Pick<CalendarSpan, 'from' | 'until'>,
  overrides: readonly Override[],
): Generator<CalendarSpan, undefined> {
  const { route } = routeFor(whole, call)
  const asked = schedulesFor(whole, call)
  const instants = [from, ...changes()].sort((a, b) => a - b)
  let last: CalendarSpan | undefined
  for (const at of new Set(instants)) {
    const span = spanAt(at)
    if (last && isSame(last, span)) continue
    if (last) yield { ...last, until: at }
    last = span
  }
  yield last!

  function* changes(): Generator<number> {
    for (const name of asked)
      for (const stretch of scheduleStretches(whole.schedules.get(name)!, from, until)) yield stretch.from
    for (const { since, until: end } of overrides) yield* [since, end].filter((at) => from < at && at < until)
  }

  function spanAt(at: number): CalendarSpan {
    const of = (kind: Override['kind'], name: string) =>
      overrides.find((one) => one.kind === kind && one.name === name && one.since <= at && at < one.until)
    const decision = decide(whole, call, at, { ...ALL_UP, overrides: { of } })
    const set = of('route', route)
    return {
      from: at,
      until,
      call: expected(decision, forAccount(whole, call.accountSid)),
      schedules: asked.map((name) => askedAt(name, at, of('schedule', name))),
      override: set && overrideText(set),
    }
  }

  function askedAt(schedule: string, at: number, set: Override | undefined): AskedSchedule {
    if (set)
      return {
        schedule,
        overridden: true,
        open: set.to === 'open',
        because: overrideText(set),
        special: false,
      }
    return { schedule, overridden: false, ...scheduleState(whole.schedules.get(schedule)!, at) }
  }
}

function routeFor(whole: Config, call: Call): { config: Config; route: string } {
  const config = forAccount(whole, call.accountSid)
  return { config, route: claimFor(config, call.to)?.claim.route ?? '' }
}

function isSame(one: CalendarSpan, other: CalendarSpan): boolean {
  return contentOf(one) === contentOf(other)
}

function contentOf({ call, schedules, override }: CalendarSpan): string {
  return JSON.stringify([call, schedules, override])
}

function expected({ route, rule, reason, steps }: Decision, config: Config): ExpectedCall {
  const dial = dialStepIn(steps)
  const otherwise = dial && findDial(config, dial.plan)?.otherwise
  return {
    route,
    rule,
    reason,
    says: steps.map(stepWords).join('; '),
    hops: dial ? [dial.plan.hop, ...dial.plan.next] : [],
    otherwise: otherwise && summaryOf(otherwise),
  }
}

function stepWords(step: Step): string {
  if ('plan' in step) return `dial ${[step.plan.hop, ...step.plan.next].join(', then ')}`
  return actionWords(step.verb, step.text)
}
