import type { Fault } from './fault.js'
import { isFault } from './print.js'
import { visibleAll } from './visible.js'

/**
 * Faults as annotations of a pull request, by GitHub's workflow commands
 * (docs.github.com, "Workflow commands for GitHub Actions"). The files of the places are paths in the repository.
 */
export function githubAnnotations(faults: readonly Fault[]): string {
  return faults.map((fault) => annotation(visibleAll(fault))).join('')
}

function annotation(fault: Fault): string {
  const { code, message, cure, place } = fault
  const properties = {
    file: place.file,
    line: place.line,
    col: place.column,
    endColumn: place.column + place.length,
    title: code,
  }
  const written = Object.entries(properties).map(
    ([name, value]) => `${name}=${escapeProperty(String(value))}`,
  )
  const says = cure ? `${message}\n${cure}` : message
  return `::${isFault(fault) ? 'error' : 'warning'} ${written.join(',')}::${escapeData(says)}\n`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
