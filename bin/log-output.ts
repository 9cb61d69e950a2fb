import { write as writeFile } from 'node:fs'
import { Socket } from 'node:net'
import type { Io } from './io.js'

/** Writes bytes, then says how many of them were written, or why none. */
export type WriteBytes = (
  bytes: Buffer,
  done: (error: NodeJS.ErrnoException | null | undefined, written: number) => void,
) => void

/** Called when the log can be written again: how many lines were dropped, and the reason if there was an error. */
export type Recovered = (dropped: number, reason: string | undefined) => void

/** Bytes that are written at once, and the bytes of a chunk in which lines wait. */
const [ENOUGH, CHUNK] = [16_384, 32_768]

/** The most chunks that are written at once: under load there may be several in each turn of the event loop. */
const MERGED = 32

/**
 * Bytes that may wait while nobody reads or the disk is full: the lines of some ten thousand calls. Lines beyond that
 * are dropped.
 */
const MOST_WAITING = 8 * 1024 * 1024

/** How long until a write that failed is tried again, and how long the end of the process waits for the last lines. */
const [RETRY_MS, FLUSH_MS] = [1_000, 2_000]

/** A UTF-16 unit becomes so many bytes of UTF-8 at most. */
const WIDEST = 3

/**
 * Where the log goes. Calls matter more than lines: whatever becomes of the output (a full disk, a reader that stalls or
 * has gone), nothing here blocks, throws or grows without bound. Lines that find no room are counted.
 *
 * Lines are gathered as bytes, because pino's own destination measures all that waits with each line that it gets, and
 * one line with a letter beyond Latin-1 makes a wide string of all those that wait with it: under load that costs more
 * than the rest of a call (docs/performance.md). It also waits for ever in its last flush where nothing can be written.
 */
export class LogOutput {
  /** Lines that found no room since the start. */
  dropped = 0
  readonly #writeBytes: WriteBytes
  readonly #waitMs: number
  readonly #recovered: Recovered
  /** What is full, or being written; the first is the next. */
  readonly #chunks: Buffer[] = []
  #waiting = 0
  #chunk = Buffer.allocUnsafe(CHUNK)
  #used = 0
  #timer: NodeJS.Timeout | undefined
  #writing = false
  #retry: NodeJS.Timeout | undefined
  #failure: string | undefined
  #droppedBefore = 0
  #flushed: (() => void) | undefined

  constructor(writeBytes: WriteBytes, waitMs: number, recovered: Recovered) {
    this.#writeBytes = writeBytes
    this.#waitMs = waitMs
    this.#recovered = recovered
  }

  write(line: string): void {
    const most = WIDEST * line.length
    if (most > CHUNK - this.#used) this.#seal()
    if (this.#waiting >= MOST_WAITING) {
      this.dropped += 1
      return
    }
    if (most > CHUNK) this.#queue(Buffer.from(line))
    else this.#used += this.#chunk.write(line, this.#used)
    if (this.#used >= ENOUGH) this.#send()
    else this.#timer ??= setTimeout(() => this.#send(), this.#waitMs).unref()
  }

  /** Resolves when all lines are written, cannot be, or take longer than the end of a process can wait. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#flushed = resolve
      setTimeout(resolve, FLUSH_MS).unref()
      if (this.#retry) this.#next()
      else this.#send()
    })
  }

  /** Lines gather on while a write is under way. */
  #send(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#writing) this.#next()
  }

  /** Closes the chunk, which is written next: later lines go into a new one. */
  #seal(): void {
    if (this.#used === 0) return
    this.#queue(this.#chunk.subarray(0, this.#used))
    this.#chunk = Buffer.allocUnsafe(CHUNK)
    this.#used = 0
  }

  #queue(bytes: Buffer): void {
    this.#chunks.push(bytes)
    this.#waiting += bytes.length
  }

  #next(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
    const bytes = this.#first()
    this.#writing = bytes !== undefined
    if (bytes)
      this.#writeBytes(bytes, (error, written) => (error ? this.#fail(error) : this.#done(bytes, written)))
    else this.#flushed?.()
  }

  #first(): Buffer | undefined {
    if (this.#chunks.length === 0) this.#seal()
    else if (this.#chunks.length > 1 && this.#chunks[0]!.length <= CHUNK)
      this.#chunks.unshift(Buffer.concat(this.#chunks.splice(0, MERGED)))
    return this.#chunks[0]
  }

  #done(bytes: Buffer, written: number): void {
    this.#waiting -= written
    if (written < bytes.length) this.#chunks[0] = bytes.subarray(written)
    else this.#chunks.shift()
    if (this.#chunks.length === 0) this.#reportDropped()
    const isDue = this.#used > 0 && !this.#timer
    if (this.#chunks.length > 0 || isDue || this.#flushed) this.#next()
    else this.#writing = false
  }

  #reportDropped(): void {
    const [dropped, reason] = [this.dropped - this.#droppedBefore, this.#failure]
    this.#droppedBefore = this.dropped
    this.#failure = undefined
    if (dropped > 0) this.#recovered(dropped, reason)
  }

  /** Keeps what could not be written: the disk may get room again, the pipe a new reader. */
  #fail({ code }: NodeJS.ErrnoException): void {
    this.#failure = code
    this.#flushed?.()
    this.#retry = setTimeout(() => this.#next(), RETRY_MS).unref()
  }
}

/**
 * How bytes get to stdout without holding up the process. A pipe, a socket and a terminal are written to as their reader
 * takes it: a thread that waits in a write would keep the process from ending. A file is written to by a thread.
 */
export function writerOf(stdout: Io['stdout']): WriteBytes {
  const { fd } = stdout
  if (fd !== undefined && !(stdout instanceof Socket)) return (bytes, done) => writeFile(fd, bytes, done)
  letTerminalStall(stdout)
  return (bytes, done) => void stdout.write(bytes, (error) => done(error, bytes.length))
}

/** Makes a terminal non-blocking. Node makes terminals block, so Ctrl-S would stop every call. */
function letTerminalStall(stdout: object): void {
  const { _handle: handle } = stdout as { _handle?: { setBlocking?(on: boolean): void } }
  handle?.setBlocking?.(false)
}
