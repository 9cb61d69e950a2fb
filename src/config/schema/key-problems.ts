import type { Path } from '../../errors/config-error.js'
import type { Problem } from '../../errors/problem.js'
import { didYouMean, someOf, suggest } from '../../errors/suggest.js'

/**
 * A key that the language does not have at a place, with the key that was probably meant; `owner` is the key under
 * which it would be right.
 */
export function unknownKey(key: string, known: readonly string[], owner?: string): Problem {
  const meant = owner ? undefined : suggest(key, known)
  const hint = owner ? `; it belongs under ${owner}` : didYouMean(meant)
  return {
    code: 'unknown-key',
    message: `there is no key "${key}" here${hint}`,
    expected: someOf(known),
    found: key,
    help: owner ? `move ${key} under ${owner}` : meant ? `write ${meant}` : 'remove it',
  }
}

/** The key of a map under which, in a map or a list of maps, another key would be right. */
export function ownerOf(
  key: string,
  path: Path,
  keysAt: (path: Path) => readonly string[],
): string | undefined {
  return keysAt(path).find((name) =>
    [
      [...path, name],
      [...path, name, 0],
    ].some((below) => keysAt(below).includes(key)),
  )
}

/** A key that is needed and not there. */
export function missingKey(key: string, expected: string): Problem {
  return {
    code: 'missing-key',
    message: `"${key}" is missing`,
    expected: `${key}: ${expected}`,
    help: `add ${key}`,
  }
}
