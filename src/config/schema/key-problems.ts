import type { Path } from '../../fault/fault.js'
import type { Problem } from '../../fault/problem.js'
import { someOf, suggest } from '../../fault/suggest.js'

/** A key that the language does not have at a place, with the key or the place that was probably meant. */
export function unknownKey(key: string, path: Path, keysAt: (path: Path) => readonly string[]): Problem {
  const known = keysAt(path)
  const owner = known.find((name) => belowKey(name).includes(key))
  const meant = owner ? undefined : suggest(key, known)
  return {
    code: 'unknown-key',
    message: `there is no key "${key}" here${hint()}`,
    expected: someOf(known),
    found: key,
    cure: owner ? `move ${key} under ${owner}` : meant ? `write ${meant}` : 'remove it',
  }

  /** The keys of the map under a key, or of those in the list under it. */
  function belowKey(name: string): readonly string[] {
    return [...keysAt([...path, name]), ...keysAt([...path, name, 0])]
  }

  function hint(): string {
    if (owner) return `; it belongs under ${owner}`
    return meant ? `; did you mean "${meant}"?` : ''
  }
}

/** A key that is needed and not there. */
export function missingKey(key: string, expected: string): Problem {
  return {
    code: 'missing-key',
    message: `"${key}" is missing`,
    expected: `${key}: ${expected}`,
    cure: `add ${key}`,
  }
}
