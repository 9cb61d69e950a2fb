import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs'

/** How far reading may go. */
export interface ReadBounds {
  /** Bytes; a file with more of them is refused with the code EFBIG. */
  readonly limit: number
  /** Milliseconds to wait for a silent pipe (then ETIMEDOUT), and while too many files are open (then EMFILE). */
  readonly patienceMs: number
}

export interface FileBytes {
  readonly bytes: Buffer
  /** Epoch milliseconds of the last change; undefined for what is no regular file, and so can be read only once. */
  readonly changedAt: number | undefined
}

/** A pipe that nobody has opened for writing gets this long. */
const NOBODY_WRITES_MS = 5_000

const POLL_MS = 10
const CHUNK = 65_536

/** With these flags a pipe without a writer does not block the thread in the kernel, where nothing could end it. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY

/** The bytes of a file, a pipe or a device, within bounds. Blocks the thread. */
export function readBytes(path: string, bounds: ReadBounds): FileBytes {
  const fd = patiently(() => openSync(path, FLAGS), bounds.patienceMs, TOO_MANY_OPEN)
  try {
    const stats = fstatSync(fd)
    if (stats.isFIFO() || stats.isCharacterDevice())
      return { bytes: readStream(fd, path, bounds), changedAt: undefined }
    if (stats.size > bounds.limit) throw tooLarge(path)
    return { bytes: readFileSync(fd), changedAt: stats.mtimeMs }
  } finally {
    closeSync(fd)
  }
}

/** The process may have thousands of connections open: a moment later there may be room for another file. */
export const TOO_MANY_OPEN: readonly unknown[] = ['EMFILE', 'ENFILE']

/** Does something again and again while it fails with one of these codes. */
export function patiently<T>(attempt: () => T, patienceMs: number, codes: readonly unknown[]): T {
  const until = performance.now() + patienceMs
  let result = tried(attempt)
  while ('error' in result && codes.includes(result.error.code) && performance.now() < until) {
    pause(POLL_MS)
    result = tried(attempt)
  }
  if ('error' in result) throw result.error
  return result.value
}

function tried<T>(attempt: () => T): { readonly value: T } | { readonly error: NodeJS.ErrnoException } {
  try {
    return { value: attempt() }
  } catch (error) {
    return { error: error as NodeJS.ErrnoException }
  }
}

function readStream(fd: number, path: string, { limit, patienceMs }: ReadBounds): Buffer {
  const isPipe = fstatSync(fd).isFIFO()
  const chunk = Buffer.allocUnsafe(CHUNK)
  const chunks: Buffer[] = []
  let size = 0
  let length = patiently(begin, Math.min(patienceMs, NOBODY_WRITES_MS), ['ETIMEDOUT'])
  while (length > 0) {
    chunks.push(Buffer.from(chunk.subarray(0, length)))
    size += length
    if (size > limit) throw tooLarge(path)
    length = goOn()
  }
  return Buffer.concat(chunks)

  /** No bytes: the end of the pipe, or it has no writer yet. */
  function begin(): number {
    const read = goOn()
    if (read === 0 && isPipe) throw fileError('ETIMEDOUT', `nothing came out of ${path}`)
    return read
  }

  /** EAGAIN: it has a writer, who has not written yet. */
  function goOn(): number {
    return patiently(() => readSync(fd, chunk), patienceMs, ['EAGAIN'])
  }
}

function tooLarge(path: string): Error {
  return fileError('EFBIG', `${path} is too large`)
}

function fileError(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code })
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
