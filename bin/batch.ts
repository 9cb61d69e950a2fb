/** Where lines are written many at a time. */
export interface Batch {
  write(line: string): void
  /** Hands over what waits. */
  flush(): void
}

/** Bytes that are handed over at once, and how long a line waits for others. */
const [ENOUGH, WAIT_MS] = [16_384, 200]

/** A UTF-16 unit becomes so many bytes of UTF-8 at most. */
const WIDEST = 3

/**
 * Gathers log lines as bytes. pino's destination measures all that waits anew with each line that it gets, and one
 * line with a letter beyond Latin-1 makes a wide string of all those that wait with it: under load that costs more than
 * the rest of a call (docs/performance.md).
 */
export function inBatches(output: { write(bytes: Buffer): void }): Batch {
  let bytes = Buffer.allocUnsafe(2 * ENOUGH)
  let used = 0
  let timer: NodeJS.Timeout | undefined
  return { write, flush }

  function write(line: string): void {
    const most = WIDEST * line.length
    if (most > bytes.length - used) flush()
    if (most > bytes.length) output.write(Buffer.from(line))
    else used += bytes.write(line, used)
    if (used >= ENOUGH) flush()
    else timer ??= setTimeout(flush, WAIT_MS).unref()
  }

  /** Whoever got the bytes writes them later, so the next ones need a place of their own. */
  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (used === 0) return
    output.write(bytes.subarray(0, used))
    bytes = Buffer.allocUnsafe(2 * ENOUGH)
    used = 0
  }
}
