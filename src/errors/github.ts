import type { ConfigError } from './config-error.js'
import { isError } from './print.js'
import { visibleAll } from './visible.js'

/**
 * Errors as annotations of a pull request, by GitHub's workflow commands
 * (docs.github.com, "Workflow commands for GitHub Actions"). The files of the places are paths in the repository.
 */
export function githubAnnotations(errors: readonly ConfigError[]): string {
  return errors.map((error) => annotation(visibleAll(error))).join('')
}

function annotation(error: ConfigError): string {
  const { code, message, help, place } = error
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
  const says = help ? `${message}\n${help}` : message
  return `::${isError(error) ? 'error' : 'warning'} ${written.join(',')}::${escapeData(says)}\n`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
