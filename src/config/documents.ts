import path from 'node:path'
import { below, type Offsets, type Origin, type SourceFile } from '../errors/origin.js'
import { LoadStopped, type Parsed, type Problem, type Reporter } from '../errors/problem.js'
import { chainText } from '../errors/references.js'
import { type ConfigSource, findFiles, readFile } from './config-source.js'
import type { Report } from './report.js'
import { collectionShape } from './schema/root.js'
import { unparsedFile, yamlFile } from './source-file.js'
import { type Substitution, substitute } from './substitute.js'
import { validated } from './validated.js'
import { readYaml, type Tree } from './yaml.js'

/** One YAML file of the config, read and with its secrets filled in, its shape not yet checked. */
export interface Document {
  readonly file: SourceFile
  /** The absolute path of the file, for what it names relative to itself. */
  readonly path: string
  readonly tree: Tree
  readonly main: boolean
  /** The texts with a value from the environment or a secret's file, by their paths, joined by NUL. */
  readonly filled: ReadonlyMap<string, string>
  /** Paths, joined by NUL, of the values that should have come from there. */
  readonly unfilled: ReadonlySet<string>
  /** What is wrong with its texts. */
  readonly problems: Substitution['problems']
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

/** How many files includes may lead to, each time counted, and how deep they may be within each other. */
const [MOST_INCLUDED, DEEPEST] = [100_000, 50]

/** Reads the main file and everything that it includes, in order. What cannot be read is reported. */
export function readDocuments(main: string, configSource: ConfigSource, report: Report): Document[] {
  const documents: Document[] = []
  const read = new Set<string>()
  const globbed = new Map<string, Parsed<readonly string[]>>()
  let included = 0
  report.attempt(() => visit({ path: path.resolve(main), name: path.basename(main) }, undefined, []))
  return documents

  function visit(file: NamedFile, from: Origin | undefined, trail: readonly NamedFile[]): void {
    const document = readDocument(file, configSource, report, from)
    read.add(file.path)
    if (!document) return
    documents.push({ ...document, main: trail.length === 0 })
    reportTexts(documents.at(-1)!, report)
    for (const { pattern, origin } of includesOf(document, report)) {
      const found = filesLike(fileNamedIn(document, pattern), origin)
      if (!found) continue
      if (found.length === 0) report.add(nothingIncluded(pattern), origin)
      if (trail.length === DEEPEST) report.add(tooDeep(pattern), origin)
      else include(found, document, origin, [...trail, file])
    }
  }

  /** One circle by an include is enough. */
  function include(
    found: readonly string[],
    document: Pick<Document, 'path' | 'file'>,
    origin: Origin,
    trail: readonly NamedFile[],
  ): void {
    let isCircle = false
    for (const name of found.map((one) => path.resolve(one))) {
      included += 1
      if (included > MOST_INCLUDED) throw new LoadStopped(tooMany, origin)
      const start: number = isCircle ? -1 : trail.findIndex((earlier) => earlier.path === name)
      isCircle ||= start >= 0
      if (start >= 0) report.add(cycle([...trail.slice(start), fileNamedIn(document, name)]), origin)
      if (!read.has(name)) visit(fileNamedIn(document, name), origin, trail)
    }
  }

  function filesLike(pattern: NamedFile, origin: Origin): readonly string[] | undefined {
    const { value, problems } =
      globbed.get(pattern.path) ?? findFiles(pattern.path, pattern.name, configSource)
    globbed.set(pattern.path, { value, problems })
    report.addAll(problems, origin)
    return value
  }
}

function reportTexts({ file, problems }: Document, report: Reporter): void {
  for (const { problem, path } of problems) {
    if (problem.code === 'load-limit') throw new LoadStopped(problem, { file, path })
    report.add(problem, { file, path })
  }
}

function readDocument(
  file: NamedFile,
  configSource: ConfigSource,
  report: Reporter,
  from?: Origin,
): Omit<Document, 'main'> | undefined {
  const { value: text, problems: unread } = readFile(file.path, file.name, configSource)
  report.addAll(unread, from ?? { file: yamlFile(file.name, ''), path: [] })
  if (text === undefined) return undefined
  const read = readYaml(text)
  if ('problems' in read) {
    for (const { problem, offsets, other } of read.problems)
      report.add(problem, originAt(offsets), 'value', other && originAt(other))
    return undefined
  }
  const source = yamlFile(file.name, text)
  const { filled, problems } = substitute(read.tree, configSource, text.includes('&'))
  const unfilled = new Set(problems.map((problem) => problem.path.join('\0')))
  return { file: source, path: file.path, tree: read.tree, filled, unfilled, problems }

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
    help: 'fix the path',
  }
}

function cycle(trail: readonly NamedFile[]): Problem {
  const names = trail.map(({ name }) => name)
  return {
    code: 'include-cycle',
    message: `files include each other: ${chainText(names)}`,
    expected: 'includes that end somewhere',
    found: names.at(-1)!,
    help: 'remove this include',
  }
}

function tooDeep(found: string): Problem {
  return {
    code: 'load-limit',
    message: `files include each other more than ${DEEPEST} deep`,
    expected: `at most ${DEEPEST} within each other`,
    found,
    help: 'include it in a file further up',
  }
}

const tooMany: Problem = {
  code: 'load-limit',
  message: `the includes lead to more than ${MOST_INCLUDED} files, each counted as often as it is included`,
  expected: `at most ${MOST_INCLUDED}`,
  help: 'include each file once, and do it in the main file',
}
