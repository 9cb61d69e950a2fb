import type { Fault, Place } from './fault.js'
import { pathText } from './fault.js'
import { isFault } from './print.js'

/** Faults for programs: what `check --format json` gives (docs/check.md). */
export function faultsJson(file: string, faults: readonly Fault[]): object {
  const wrong = faults.filter(isFault).length
  return {
    file,
    ok: wrong === 0,
    faults: wrong,
    warnings: faults.length - wrong,
    findings: faults.map(finding),
  }
}

function finding({ level, code, message, expected, found, cure, path, place, other }: Fault): object {
  const at = pathText(path)
  return {
    level,
    code,
    message,
    path: at,
    ...where(place),
    expected,
    found,
    cure,
    see: other && where(other),
  }
}

function where({ file, line, column, length }: Place): object {
  return { file, line, column, length }
}
