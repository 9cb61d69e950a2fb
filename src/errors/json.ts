import type { ConfigError, Place } from './config-error.js'
import { pathText } from './config-error.js'
import { isError } from './print.js'

/** Errors for programs: what `check --format json` gives (docs/check.md). */
export function errorsJson(file: string, errors: readonly ConfigError[]): object {
  const wrong = errors.filter(isError).length
  return {
    file,
    ok: wrong === 0,
    errors: wrong,
    warnings: errors.length - wrong,
    findings: errors.map(finding),
  }
}

function finding({ level, code, message, expected, found, help, path, place, other }: ConfigError): object {
  const at = pathText(path)
  return {
    level,
    code,
    message,
    path: at,
    ...where(place),
    expected,
    found,
    help,
    see: other && where(other),
  }
}

function where({ file, line, column, length }: Place): object {
  return { file, line, column, length }
}
