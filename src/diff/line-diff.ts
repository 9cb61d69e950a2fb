/** The lines of two texts that are not in both, in order, as a unified diff marks them. */
export interface Changes {
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** What a longest common subsequence leaves over of both lists. */
export function lineChanges(before: readonly string[], after: readonly string[]): Changes {
  const kept = commonLengths(before, after)
  const removed: string[] = []
  const added: string[] = []
  let [at, there] = [0, 0]
  while (at < before.length && there < after.length) {
    if (before[at] === after[there]) {
      at += 1
      there += 1
    } else if (kept[at + 1]![there]! >= kept[at]![there + 1]!) {
      removed.push(before[at]!)
      at += 1
    } else {
      added.push(after[there]!)
      there += 1
    }
  }
  return { removed: [...removed, ...before.slice(at)], added: [...added, ...after.slice(there)] }
}

/** How many lines the rests from each pair of places have in common. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const kept = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  for (let at = before.length - 1; at >= 0; at -= 1) {
    for (let there = after.length - 1; there >= 0; there -= 1) {
      kept[at]![there] =
        before[at] === after[there]
          ? kept[at + 1]![there + 1]! + 1
          : Math.max(kept[at + 1]![there]!, kept[at]![there + 1]!)
    }
  }
  return kept
}
