/** Where lines are written many at a time. */
export interface Batch {
  write(line: string): void
  /** Hands over what waits. */
  flush(): void
}

/** Characters that are handed over at once, and how long a line waits for others. */
const [ENOUGH, WAIT_MS] = [16_384, 200]

/**
 * Gathers log lines. pino's destination measures all that waits anew with each line that it gets, and under load that
 * costs more than the rest of a call (docs/performance.md): so it gets them together.
 */
export function inBatches(output: { write(text: string): void }): Batch {
  let lines: string[] = []
  let length = 0
  let timer: NodeJS.Timeout | undefined
  return { write, flush }

  function write(line: string): void {
    lines.push(line)
    length += line.length
    if (length >= ENOUGH) flush()
    else timer ??= setTimeout(flush, WAIT_MS).unref()
  }

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (lines.length > 0) output.write(lines.join(''))
    lines = []
    length = 0
  }
}
