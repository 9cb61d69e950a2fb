import type { Problem } from '../errors/problem.js'
import { type Parsed, parsed, unparsed } from '../errors/problem.js'
import type { ConfigSource } from './config-source.js'

/** The text of a file, or `file-unreadable`. `name` is what the reader calls it. */
export function readFile(path: string, name: string, { read }: ConfigSource): Parsed<string> {
  try {
    return parsed(read(path))
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
  return REASONS[code] ?? [`cannot be read: ${message}`, 'mend the path or the permissions']
}

const REASONS: Readonly<Record<string, readonly [why: string, help: string]>> = {
  ENOENT: ['cannot be read: it does not exist', 'mend the path'],
  EISDIR: ['cannot be read: it is a directory', 'name a file'],
  EACCES: ['cannot be read: this process may not', 'mend the permissions'],
  ERR_ENCODING_INVALID_ENCODED_DATA: ['cannot be read: it is not UTF-8', 'save it as UTF-8'],
}
