import path from 'node:path'
import { below, type Offsets, type Origin, type SourceFile } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import type { Reporter } from '../errors/reporter.js'
import type { ConfigSource } from './config-source.js'
import { findFiles, readFile } from './read-file.js'
import { collectionShape } from './schema/root.js'
import { substitute } from './secrets.js'
import { unparsedFile, yamlFile } from './source.js'
import { validated } from './validated.js'
import { readYaml, type Tree } from './yaml.js'

/** One YAML file of the config, read and with its secrets filled in, its shape not yet checked. */
export interface Document {
  readonly file: SourceFile
  /** The absolute path of the file, for what it names relative to itself. */
  readonly path: string
  readonly tree: Tree
  readonly main: boolean
  /** Paths, joined by NUL, of the values that came from the environment or a secret's file. */
  readonly filled: ReadonlySet<string>
  /** Paths, joined by NUL, of the values that should have come from there. */
  readonly unfilled: ReadonlySet<string>
}

/** A file that another one names: where it is, and what messages call it. */
export interface NamedFile {
  readonly path: string
  readonly name: string
}

/** Files are named relative to the file that names them; messages call them as seen from the main file's folder. */
export function fileNamedIn({ path: from, file }: Pick<Document, 'path' | 'file'>, name: string): NamedFile {
  const found = path.resolve(path.dirname(from), name)
  const shown = path.join(path.dirname(file.name), path.relative(path.dirname(from), found))
  return { path: found, name: path.isAbsolute(name) && !found.startsWith(path.dirname(from)) ? name : shown }
}

/** Reads the main file and everything that it includes, in order. What cannot be read is reported. */
export function readDocuments(main: string, surroundings: ConfigSource, report: Reporter): Document[] {
  const documents: Document[] = []
  visit({ path: path.resolve(main), name: path.basename(main) }, undefined, [])
  return documents

  function visit(file: NamedFile, from: Origin | undefined, trail: readonly NamedFile[]): void {
    const start = trail.findIndex((earlier) => earlier.path === file.path)
    if (start >= 0) report.add(cycle([...trail.slice(start), file]), from!)
    if (documents.some((document) => document.path === file.path)) return
    const document = readDocument(file, surroundings, report, from)
    if (!document) return
    documents.push({ ...document, main: trail.length === 0 })
    for (const { pattern, origin } of includesOf(document, report)) {
      const named = fileNamedIn(document, pattern)
      const { value: found, problems } = findFiles(named.path, named.name, surroundings)
      report.addAll(problems, origin)
      if (!found) continue
      if (found.length === 0) report.add(nothingIncluded(pattern), origin)
      for (const included of found) visit(fileNamedIn(document, included), origin, [...trail, file])
    }
  }
}

function readDocument(
  file: NamedFile,
  surroundings: ConfigSource,
  report: Reporter,
  from?: Origin,
): Omit<Document, 'main'> | undefined {
  const { value: text, problems: unread } = readFile(file.path, file.name, surroundings)
  report.addAll(unread, from ?? { file: yamlFile(file.name, ''), path: [] })
  if (text === undefined) return undefined
  const read = readYaml(text)
  if ('problems' in read) {
    for (const { problem, offsets, other } of read.problems)
      report.add(problem, originAt(offsets), 'value', other && originAt(other))
    return undefined
  }
  const source = yamlFile(file.name, text)
  const { filled, problems } = substitute(read.tree, surroundings, text.includes('&'))
  const unfilled = new Set(problems.map((problem) => problem.path.join('\0')))
  for (const { problem, path } of problems) report.add(problem, { file: source, path })
  return { file: source, path: file.path, tree: read.tree, filled, unfilled }

  function originAt(offsets: Offsets): Origin {
    return { file: unparsedFile(file.name, text!, offsets), path: [] }
  }
}

function includesOf(
  { file, tree }: Omit<Document, 'main'>,
  report: Reporter,
): { pattern: string; origin: Origin }[] {
  const origin: Origin = { file, path: ['include'] }
  const patterns = validated(collectionShape.include, tree.include, origin, report) ?? []
  return patterns.map((pattern, at) => ({ pattern, origin: below(origin, at) }))
}

function nothingIncluded(pattern: string): Problem {
  return {
    code: 'include-empty',
    message: `no file matches "${pattern}"`,
    expected: 'a file or a pattern such as routes/*.yaml, relative to this file',
    found: pattern,
    help: 'mend the path',
  }
}

function cycle(trail: readonly NamedFile[]): Problem {
  const names = trail.map(({ name }) => name)
  return {
    code: 'include-cycle',
    message: `files include each other: ${names.join(' → ')}`,
    expected: 'includes that end somewhere',
    found: names.at(-1)!,
    help: 'remove this include',
  }
}
