import type { DiffAnswer } from '../routes/admin/compare.js'
import type { DiffReport } from '../src/diff/report.js'

/** How many of each are listed; the rest is counted. */
const MOST = { differences: 100, facts: 12, routes: 8, numbers: 6, calls: 4 }

/** A comparison without the ends of its long lists: a setting may concern each of 100,000 routes. */
export function shortDiff(report: DiffReport): DiffAnswer {
  const { differences, unsure, notes } = report
  return {
    ...report,
    differences: differences.slice(0, MOST.differences).map(shortDifference),
    moreDifferences: beyond(differences, MOST.differences),
    unsure: unsure.slice(0, MOST.differences).map((one) => ({ ...one, ...shortNumbers(one) })),
    moreUnsure: beyond(unsure, MOST.differences),
    notes: notes.slice(0, MOST.differences),
    moreNotes: beyond(notes, MOST.differences),
  }
}

function shortDifference(difference: DiffReport['differences'][number]): DiffAnswer['differences'][number] {
  const { removed, added, affected } = difference
  return {
    ...difference,
    removed: removed.slice(0, MOST.facts),
    moreRemoved: beyond(removed, MOST.facts),
    added: added.slice(0, MOST.facts),
    moreAdded: beyond(added, MOST.facts),
    affected: affected.slice(0, MOST.routes).map((one) => ({
      ...one,
      ...shortNumbers(one),
      calls: one.calls.slice(0, MOST.calls),
      moreCalls: beyond(one.calls, MOST.calls),
    })),
    moreRoutes: beyond(affected, MOST.routes),
  }
}

function shortNumbers({ numbers }: { readonly numbers: readonly string[] }) {
  return { numbers: numbers.slice(0, MOST.numbers), moreNumbers: beyond(numbers, MOST.numbers) }
}

function beyond(all: readonly unknown[], most: number): number | undefined {
  return all.length > most ? all.length - most : undefined
}
