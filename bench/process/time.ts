/** How long one batch takes, about; long in comparison to the resolution of the clock (1 µs). */
const BATCH_US = 8_000

/** For so long each piece is called before it counts: then it is compiled and has met its data. */
const WARM_UP_US = 400_000

/**
 * Nanoseconds of CPU for one call of each piece, once for each round, turn and turn about. CPU and not the clock on
 * the wall, since that of a shared machine also counts what others do; garbage collection in other threads counts.
 */
export function nanoseconds<K extends string>(
  pieces: Readonly<Record<K, () => unknown>>,
  rounds: number,
): Record<K, number[]> {
  const names = Object.keys(pieces) as K[]
  const counts = new Map(names.map((name) => [name, calibrate(pieces[name])]))
  const results = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const count = counts.get(name)!
      results[name].push((batch(pieces[name], count) * 1000) / count)
    }
  }
  return results
}

/** How many calls make a batch, found while the piece warms up. */
function calibrate(piece: () => unknown): number {
  let [count, warm] = [16, 0]
  for (;;) {
    const took = batch(piece, count)
    warm += took
    if (took > BATCH_US && warm > WARM_UP_US) return Math.max(1, Math.round((count * BATCH_US) / took))
    if (took < BATCH_US * 4) count *= 2
  }
}

/** Microseconds of CPU. */
function batch(piece: () => unknown, count: number): number {
  const before = process.cpuUsage()
  let result: unknown
  for (let call = 0; call < count; call += 1) result = piece()
  const { user, system } = process.cpuUsage(before)
  // used, so that the optimiser does not remove it
  if (result === undefined) throw new Error('a piece that gives nothing measures nothing')
  return user + system
}
