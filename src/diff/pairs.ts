import type { Config } from '../model/config.js'
import { type CalledCell, calledCells, type Found } from './called.js'
import { behavioursOf, type Policy } from './policy.js'

/** Called addresses that go by one route in the old config and by one in the new; '' where none claims them. */
export interface Pair {
  readonly old: string
  readonly new: string
  /** Values of the matched claim that templates of these routes use and that are not the same in both. */
  readonly values: readonly string[]
  readonly cells: readonly CalledCell[]
}

type PolicyOf = (route: string) => Policy

/** All addresses, by the routes that answer for them. */
export function pairsOf(
  before: { readonly config: Config; readonly policyOf: PolicyOf },
  after: { readonly config: Config; readonly policyOf: PolicyOf },
): Pair[] {
  const pairs = new Map<string, Pair & { cells: CalledCell[] }>()
  const usesOld = usesOf(before.policyOf)
  const usesNew = usesOf(after.policyOf)
  for (const cell of calledCells(before.config.numbers, after.config.numbers)) {
    const [old, other] = [cell.old?.claim.route ?? '', cell.new?.claim.route ?? '']
    const values = otherValues(cell, [...usesOld(old), ...usesNew(other)])
    const key = JSON.stringify([old, other, ...values])
    const pair = pairs.get(key) ?? { old, new: other, values, cells: [] }
    pairs.set(key, pair)
    pair.cells.push(cell)
  }
  return [...pairs.values()]
}

/** The names that the templates of a route use, worked out once a route. */
function usesOf(policyOf: PolicyOf): (route: string) => readonly string[] {
  const known = new Map<string, readonly string[]>()
  return function uses(route) {
    const names = known.get(route) ?? [
      ...new Set(behavioursOf(policyOf(route)).flatMap(({ uses }) => [...uses])),
    ]
    known.set(route, names)
    return names
  }
}

function otherValues(cell: CalledCell, names: readonly string[]): string[] {
  return [...new Set(names)]
    .filter((name) => matchedValue(cell.old, name) !== matchedValue(cell.new, name))
    .sort()
}

/** What the matched claim gives for a name, as `call/values.ts` has it; undefined where the call itself does. */
export function matchedValue(match: Found, name: string): string | undefined {
  return match?.claim.values?.[name] ?? (name === 'wild' ? (match?.wild ?? '') : undefined)
}
