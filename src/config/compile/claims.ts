import { below, type Origin } from '../../errors/origin.js'
import type { Reporter } from '../../errors/problem.js'
import { buildIndex, type NumberIndex, type Owned, type Owner } from '../../numbers/number-index.js'
import { type PatternContext, readPattern } from '../../numbers/pattern.js'
import { unreachableRoutes } from '../../numbers/shadowed-claims.js'

/** A claim and where it is, for the errors of two claims. */
interface PlacedClaim extends Owned {
  /** The list or line that it is in, and its place there. */
  readonly within: Origin
  readonly at: number | string
}

/** All claims of a config, and what their owners are places of. */
export interface RouteClaims {
  readonly claims: PlacedClaim[]
  readonly owners: Owner[]
}

/** Reads the patterns of a route's `to`, each into a claim of the owner. */
export function readClaims(
  owner: number,
  to: readonly string[],
  within: Origin,
  context: PatternContext,
): PlacedClaim[] {
  return to.flatMap((text, at) => {
    const pattern = readPattern(text, within, context, at)
    return pattern ? { pattern, owner, within, at } : []
  })
}

/** Lays the claims out for look-up; the same claim twice is an error with both places. */
export function indexClaims({ claims, owners }: RouteClaims, report: Reporter): NumberIndex {
  const { index, clashes, overlaps } = buildIndex(claims, owners)
  for (const [first, second] of clashes)
    report.add(
      claimedTwice(routeOf(first), routeOf(second), second),
      originOf(second),
      'value',
      originOf(first),
    )
  for (const [winner, loser] of overlaps)
    report.add(overlap(winner, routeOf(winner), loser), originOf(loser), 'value', originOf(winner))
  const unreachable = new Set(unreachableRoutes(index, claims, owners))
  for (const claim of unreachable.size > 0 ? claims : [])
    if (unreachable.delete(routeOf(claim))) report.add(neverReached(routeOf(claim)), originOf(claim))
  return index

  function routeOf({ owner }: PlacedClaim): string {
    return owners[owner]!.route
  }
}

function originOf({ within, at }: PlacedClaim): Origin {
  return below(within, at)
}

function claimedTwice(first: string, second: string, { pattern: { text } }: PlacedClaim) {
  const both = first === second ? `twice by route ${first}` : `by routes ${first} and ${second}`
  return {
    code: 'duplicate-claim',
    message: `${text} is claimed ${both}`,
    expected: 'each number, prefix and range at one route',
    found: text,
    help: 'remove one of the two',
  } as const
}

function overlap(winner: PlacedClaim, route: string, { pattern: { text } }: PlacedClaim) {
  return {
    code: 'range-overlap',
    message: `${text} overlaps ${winner.pattern.text} of route ${route}, which wins as it begins lower`,
    expected: 'ranges of different sizes, or without numbers in common',
    found: text,
    help: 'make one of the two smaller',
  } as const
}

function neverReached(route: string) {
  return {
    code: 'route-unreachable',
    message: `every number of route ${route} is claimed more precisely by others`,
    expected: 'at least one number of its own',
    found: route,
    help: 'remove the route, or claim a number that is free',
  } as const
}
