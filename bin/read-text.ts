import { readFileSync } from 'node:fs'
import { UsageError } from './io.js'

/** The text of a file, or of stdin for `-`. Throws `UsageError` when it cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`)
  }
}
