/** How many cases a property test tries: the scheduled run of CI sets FUZZ and so has that many times more. */
export function cases(count: number): number {
  return count * Number(process.env.FUZZ ?? 1)
}
