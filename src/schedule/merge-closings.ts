import type { Closing } from './closing.js'
import type { Schedule } from './schedule.js'

/**
 * The closings of a schedule that also keeps those of others (`{ schedule: NAME }`): its own first. Dates
 * hold by the wall clock of the schedule that takes them over.
 */
export function mergeClosings(own: readonly Closing[], lenders: readonly Schedule[]): Closing[] {
  const lent = lenders.flatMap(({ name, closings }) =>
    closings.map((closing) => ({ lender: name, ...closing })),
  )
  return [...own, ...lent]
}
