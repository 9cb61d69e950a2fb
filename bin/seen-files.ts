import { createHash } from 'node:crypto'
import type { Disk } from './disk.js'
import type { FileBytes } from './read-bytes.js'

/** Younger than this, a file may be about to change again: `cp`, `scp` and some editors write in steps. */
const SETTLED_MS = 1_000

/** Errors that may be gone a moment later without a change of a file. */
const RETRYABLE: readonly unknown[] = ['EMFILE', 'ENFILE', 'EIO', 'ESTALE', 'ENOMEM', 'ETIMEDOUT', 'EAGAIN']

/** A disk that remembers what was read, so that it can tell whether everything is still the same. */
export class SeenFiles implements Disk {
  readonly #disk: Disk
  /** What each file and pattern gave, and how to look again. */
  readonly #seen = new Map<string, { readonly mark: string; look(): string }>()
  #torn = false
  #youngest = 0
  #retryable = false

  constructor(disk: Disk) {
    this.#disk = disk
  }

  read(path: string, secret?: boolean): FileBytes {
    const look = () => this.#disk.read(path, secret)
    const found = this.#note(path, look, markOfBytes)
    this.#youngest = Math.max(this.#youngest, found.changedAt ?? 0)
    return found
  }

  find(pattern: string): string[] {
    return this.#note(`pattern ${pattern}`, () => this.#disk.find(pattern), markOfNames)
  }

  /** How long to wait until the youngest file counts as written to its end, in milliseconds. */
  unsettledMs(now: number): number {
    return Math.min(Math.max(this.#youngest + SETTLED_MS - now, 0), SETTLED_MS)
  }

  /** Whether something could not be read for a reason of the moment. */
  get retryable(): boolean {
    return this.#retryable
  }

  /** Reads everything again. */
  isStillTheSame(): boolean {
    return !this.#torn && [...this.#seen.values()].every(({ mark, look }) => look() === mark)
  }

  #note<T>(name: string, look: () => T, markOf: (found: T) => string): T {
    try {
      const found = look()
      this.#remember(name, markOf(found), () => markOr(look, markOf))
      return found
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (RETRYABLE.includes(code)) this.#retryable = true
      else this.#remember(name, code, () => markOr(look, markOf))
      throw error
    }
  }

  #remember(name: string, mark: string, look: () => string): void {
    const earlier = this.#seen.get(name)
    if (earlier && earlier.mark !== mark) this.#torn = true
    if (mark !== ONCE) this.#seen.set(name, { mark, look })
  }
}

/** The mark of a pipe, which can be read only once. */
const ONCE = 'once'

function markOfBytes({ bytes, changedAt }: FileBytes): string {
  return changedAt === undefined ? ONCE : createHash('sha256').update(bytes).digest('hex')
}

function markOfNames(names: readonly string[]): string {
  return names.join('\n')
}

function markOr<T>(look: () => T, markOf: (found: T) => string): string {
  try {
    return markOf(look())
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}
