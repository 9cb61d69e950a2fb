/** The middle value: what half of the measurements lie below. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which a share of the measurements lies, by the nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** Median, and from the least to the most: `14,600 (13,900–15,100)`. */
export function withSpread(values: readonly number[], digits = 0): string {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return `${number(median(values), digits)} (${number(least, digits)}–${number(most, digits)})`
}

export function number(value: number, digits = 0): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** Each value over the one that was measured next to it in the same round. */
export function ratios(values: readonly number[], nextTo: readonly number[]): number[] {
  return values.map((value, round) => value / nextTo[round]!)
}
