import { createHash, createHmac } from 'node:crypto'
import { type Parsed, type Problem, parsed, unparsed } from '../errors/problem.js'

/** What a config is read from: the only way in which `src` reaches files and the environment. */
export interface ConfigSource {
  /** The text of a file in UTF-8, without a byte order mark; throws when it cannot be read. */
  read(path: string, secret?: boolean): string
  /** The files that a pattern names, sorted; the pattern is absolute. Throws when a folder cannot be read. */
  glob(pattern: string): readonly string[]
  /** Environment variables. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Whether missing secrets become placeholders: for the commands that place no call. */
  readonly placeholders: boolean
  /** Called with each reference that a placeholder replaces. */
  readonly missed?: (reference: string) => void
  /**
   * Gives the placeholder of a secret, set or not, where the config is not for this process; it gets `NAME` or
   * `file:/run/secrets/name`.
   */
  readonly seal?: (name: string) => string
}

/** A source that notes what is read of it. */
export interface NotedSource {
  readonly source: ConfigSource
  /** Every file that was read, once. */
  readonly files: ReadonlySet<string>
  /** Twelve digits for the texts of all files but those of secrets. */
  revision(): string
}

/**
 * The revision of a config, which anyone may see: of its files, and after a dash of the values that came from outside of
 * them. These are the key of their own hash, so to try out one of them takes all others.
 */
export function revisionWithValues(ofFiles: string, values: readonly string[]): string {
  if (values.length === 0) return ofFiles
  return `${ofFiles}-${createHmac('sha256', JSON.stringify(values)).update(ofFiles).digest('hex').slice(0, 6)}`
}

/** What of a revision is of the files: all that a command without the secrets can know. */
export function filesRevision(revision: string): string {
  return revision.split('-', 1)[0]!
}

/** The same source, which notes what is read of it. */
export function noteReads(configSource: ConfigSource): NotedSource {
  const files = new Set<string>()
  const hash = createHash('sha256')
  return { source: { ...configSource, read }, files, revision: () => hash.copy().digest('hex').slice(0, 12) }

  function read(name: string, secret = false): string {
    files.add(name)
    const text = configSource.read(name, secret)
    if (!secret) hash.update(text)
    return text
  }
}

/** The text of a file, or `file-unreadable`. `name` is what the reader calls it. */
export function readFile(path: string, name: string, { read }: ConfigSource): Parsed<string> {
  try {
    return parsed(read(path))
  } catch (error) {
    return unparsed(unreadable(name, error))
  }
}

/** The files that a pattern names, or `file-unreadable` when a folder on its way cannot be read. */
export function findFiles(pattern: string, name: string, { glob }: ConfigSource): Parsed<readonly string[]> {
  try {
    return parsed(glob(pattern))
  } catch (error) {
    return unparsed(unreadable(name, error))
  }
}

function unreadable(name: string, error: unknown): Problem {
  const [why, help] = reasonOf(error)
  return {
    code: 'file-unreadable',
    message: `${name} ${why}`,
    expected: 'a text file in UTF-8 that this process may read',
    found: name,
    help,
  }
}

/** Why a file cannot be read, in words, and what to do about it. */
export function reasonOf(error: unknown): readonly [why: string, help: string] {
  const { code = '', message } = error as NodeJS.ErrnoException
  return REASONS[code] ?? [`cannot be read: ${message}`, 'fix the path or the permissions']
}

const TOO_MANY_FILES = [
  'cannot be read: too many files and connections are open',
  'raise the limit of open files (ulimit -n)',
] as const

const NOTHING_COMES = ['cannot be read: nothing comes out of it', 'name a regular file, not a pipe'] as const

const REASONS: Readonly<Record<string, readonly [why: string, help: string]>> = {
  ENOENT: ['cannot be read: it does not exist', 'fix the path'],
  EISDIR: ['cannot be read: it is a directory', 'name a file'],
  EACCES: ['cannot be read: this process may not', 'fix the permissions'],
  EFBIG: [
    'cannot be read: it is too large (a secret has at most 64 kB, another file 256 MB or what the memory allows)',
    'name a smaller file',
  ],
  ETIMEDOUT: NOTHING_COMES,
  EAGAIN: NOTHING_COMES,
  EMFILE: TOO_MANY_FILES,
  ENFILE: TOO_MANY_FILES,
  ERR_ENCODING_INVALID_ENCODED_DATA: ['cannot be read: it is not UTF-8', 'save it as UTF-8'],
}
