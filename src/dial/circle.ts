import type { Problem } from '../errors/problem.js'

/** Things that refer to each other in a circle would never end. The last of the trail stands in it before. */
export function circle(what: string, trail: readonly string[]): Problem {
  const from = trail.indexOf(trail.at(-1)!)
  const way = trail.slice(from).join(' → ')
  return {
    code: 'reference-cycle',
    message: `${what} refer to each other: ${way}`,
    expected: 'references that end somewhere',
    found: trail.at(-1)!,
    help: `take ${trail.at(-1)} out here`,
  }
}
