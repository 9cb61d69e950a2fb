import type { Claim } from '../../numbers/claim.js'
import { buildIndex, type NumberIndex } from '../../numbers/number-index.js'
import { unreachableRoutes } from '../../numbers/unreachable.js'
import type { Report } from '../report.js'
import { below, type Origin } from '../source.js'
import { type PatternContext, readPattern } from './patterns.js'

/** A claim and where it stands, for the faults of two claims. */
export interface PlacedClaim extends Claim {
  readonly origin: Origin
}

/** Reads the patterns of a route's `to`. */
export function readClaims(
  route: string,
  to: readonly string[],
  origin: Origin,
  context: PatternContext,
): PlacedClaim[] {
  return to.flatMap((text, at) => {
    const here = below(origin, at)
    const pattern = readPattern(text, here, context)
    return pattern ? [{ pattern, route, origin: here }] : []
  })
}

/** Lays the claims out for look-up; the same claim twice is a fault with both places. */
export function indexClaims(placed: readonly PlacedClaim[], report: Report): NumberIndex<Claim> {
  const origins = new Map<Claim, Origin>()
  const claims = placed.map(withoutOrigin)
  const { index, clashes, overlaps } = buildIndex(claims)
  for (const [first, second] of clashes)
    report.add(claimedTwice(first, second), origins.get(second)!, 'value', origins.get(first))
  for (const [winner, loser] of overlaps)
    report.add(overlap(winner, loser), origins.get(loser)!, 'value', origins.get(winner))
  for (const route of unreachableRoutes(index, claims)) {
    report.add(neverReached(route), placed.find((claim) => claim.route === route)!.origin)
  }
  return index

  /** The index is part of the config, which is plain data; an origin holds on to the text of its file. */
  function withoutOrigin({ origin, ...claim }: PlacedClaim): Claim {
    origins.set(claim, origin)
    return claim
  }
}

function claimedTwice(first: Claim, second: Claim) {
  const both =
    first.route === second.route
      ? `twice by route ${first.route}`
      : `by routes ${first.route} and ${second.route}`
  return {
    code: 'duplicate-claim',
    message: `${second.pattern.text} is claimed ${both}`,
    expected: 'each number, prefix and range at one route',
    found: second.pattern.text,
    cure: 'remove one of the two',
  } as const
}

function overlap(winner: Claim, loser: Claim) {
  return {
    code: 'range-overlap',
    message: `${loser.pattern.text} overlaps ${winner.pattern.text} of route ${winner.route}, which wins as it begins lower`,
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
