import type { Claim, Owner, Placed } from '../../numbers/claim.js'
import { buildIndex, type NumberIndex } from '../../numbers/number-index.js'
import { unreachableRoutes } from '../../numbers/unreachable.js'
import type { Report } from '../report.js'
import { below, type Origin } from '../source.js'
import { type PatternContext, readPattern } from './patterns.js'

/** A claim and where it stands, for the faults of two claims. */
export interface PlacedClaim extends Placed<Claim> {
  /** The list or line that it stands in, and its place there. */
  readonly within: Origin
  readonly at: number | string
}

/** Reads the patterns of a route's `to`, each into a claim of the owner. */
export function readClaims(
  owner: Owner,
  to: readonly string[],
  within: Origin,
  context: PatternContext,
): PlacedClaim[] {
  return to.flatMap((text, at) => {
    const pattern = readPattern(text, within, context, at)
    return pattern ? { pattern, owner, within, at } : []
  })
}

/** Lays the claims out for look-up; the same claim twice is a fault with both places. */
export function indexClaims(claims: readonly PlacedClaim[], report: Report): NumberIndex<Claim> {
  const { index, clashes, overlaps } = buildIndex<Claim, PlacedClaim>(claims)
  for (const [first, second] of clashes)
    report.add(claimedTwice(first, second), originOf(second), 'value', originOf(first))
  for (const [winner, loser] of overlaps)
    report.add(overlap(winner, loser), originOf(loser), 'value', originOf(winner))
  for (const route of unreachableRoutes(index, claims))
    report.add(neverReached(route), originOf(claims.find(({ owner }) => owner.route === route)!))
  return index
}

function originOf({ within, at }: PlacedClaim): Origin {
  return below(within, at)
}

function claimedTwice(first: PlacedClaim, second: PlacedClaim) {
  const [one, other] = [first.owner.route, second.owner.route]
  const both = one === other ? `twice by route ${one}` : `by routes ${one} and ${other}`
  return {
    code: 'duplicate-claim',
    message: `${second.pattern.text} is claimed ${both}`,
    expected: 'each number, prefix and range at one route',
    found: second.pattern.text,
    cure: 'remove one of the two',
  } as const
}

function overlap(winner: PlacedClaim, loser: PlacedClaim) {
  return {
    code: 'range-overlap',
    message: `${loser.pattern.text} overlaps ${winner.pattern.text} of route ${winner.owner.route}, which wins as it begins lower`,
    expected: 'ranges of different sizes, or without numbers in common',
    found: loser.pattern.text,
    cure: 'cut one of the two',
  } as const
}

function neverReached(route: string) {
  return {
    code: 'route-unreachable',
    message: `every number of route ${route} is claimed more precisely by others`,
    expected: 'at least one number of its own',
    found: route,
    cure: 'remove the route, or claim a number that is free',
  } as const
}
