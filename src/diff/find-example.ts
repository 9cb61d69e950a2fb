import type { Affected } from './diff.js'
import { type Shown, showDifference } from './example.js'
import { oddness } from './sample-number.js'
import type { ConfigPair } from './show.js'

/** How many routes, ways to them and numbers are tried for a call that shows a difference. */
const TRIES = { affected: 5, meetings: 4, cells: 3 }

/** The first call found that shows a difference; undefined if none of those tried does. */
export function findExample(both: ConfigPair, affected: readonly Affected[], at: number): Shown | undefined {
  for (const { pair, meetings, comparison } of affected.slice(0, TRIES.affected)) {
    const cells = pair.cells.toSorted((a, b) => strangeness(a) - strangeness(b)).slice(0, TRIES.cells)
    for (const meeting of meetings.slice(0, TRIES.meetings)) {
      for (const cell of cells) {
        const shown = showDifference(both, cell, meeting, comparison, at)
        if (shown) return shown
      }
    }
  }
  return undefined
}

function strangeness({ address }: Affected['pair']['cells'][number]): number {
  return address.kind === 'number' ? oddness(address.number) : 100
}
