import { findFiles } from './find-files.js'
import { type FileBytes, type ReadBounds, readBytes } from './read-bytes.js'

/** Where the files of a config are. What it gives is read at once; it throws Node's errors. */
export interface Disk {
  read(path: string, secret?: boolean): FileBytes
  /** The files that a pattern names, sorted. */
  find(pattern: string): string[]
}

/** No key or password is longer: a larger file is not the one that was meant. */
const SECRET_LIMIT = 64 * 1024

/** A person waits for the program in `check <(program)`, and can interrupt it. */
const MINUTE_MS = 60_000

/** Nobody waits for a pipe that a server reads. */
export const SERVER_PATIENCE_MS = 5_000

/** The files of this machine. */
export function diskOf({ patienceMs = MINUTE_MS, limit = 256 * 1024 ** 2 }: Partial<ReadBounds> = {}): Disk {
  return {
    read: (path, secret = false) => readBytes(path, { patienceMs, limit: secret ? SECRET_LIMIT : limit }),
    find: (pattern) => findFiles(pattern, patienceMs),
  }
}
