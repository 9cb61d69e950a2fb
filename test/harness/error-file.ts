import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { configSource } from '../../bin/config-file.js'
import { loadConfig } from '../../src/config/load.js'
import { printErrors } from '../../src/errors/print.js'

/**
 * A broken config and what `check` prints of it. The file holds the config, further files each under a line
 * `==> name <==`, a line of dashes, and what is printed.
 */
export interface ErrorFile {
  /** `unknown-key`, or `unknown-key.in-headers` for a further case of the same code. */
  readonly name: string
  /** Texts by name; the first is the main file. */
  readonly files: ReadonlyMap<string, string>
  readonly printed: string
}

const FOLDER = 'test/errors'
const DASHES = `${'-'.repeat(80)}\n`
const MAIN = 'dialsip.yaml'

export function readErrorFiles(): ErrorFile[] {
  return readdirSync(FOLDER)
    .sort()
    .map((file) => {
      const [input = '', printed = ''] = readFileSync(path.join(FOLDER, file), 'utf8').split(DASHES)
      return { name: path.basename(file, '.yaml'), files: splitFiles(input), printed }
    })
}

export function writeErrorFile({ name, files, printed }: ErrorFile): void {
  writeFileSync(path.join(FOLDER, `${name}.yaml`), joinFiles(files) + DASHES + printed)
}

/** What `check` prints when the files are in `folder`. */
export function printedFor({ files }: Pick<ErrorFile, 'files'>, folder: string): string {
  for (const [name, text] of files) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  const { errors } = loadConfig(
    path.join(folder, MAIN),
    configSource({ AUTH_TOKEN: '0123456789abcdef0123456789abcdef' }, false),
  )
  return `${printErrors(errors)}\n`.replaceAll(`${folder}/`, '')
}

/** The files as one text, as it is in the error file and in the manual. */
export function joinFiles(files: ErrorFile['files']): string {
  return [...files].map(([name, text]) => (name === MAIN ? text : `==> ${name} <==\n${text}`)).join('')
}

function splitFiles(input: string): Map<string, string> {
  const [main = '', ...more] = input.split(/^==> (.*) <==\n/m)
  const files = new Map([[MAIN, main]])
  for (let at = 0; at < more.length; at += 2) files.set(more[at]!, more[at + 1]!)
  return files
}
