import path from 'node:path'
import type { Report } from './report.js'
import { substitute } from './secrets.js'
import { type Origin, type SourceFile, yamlFile } from './source.js'
import type { Surroundings } from './surroundings.js'
import { readYaml, type Tree } from './yaml.js'

/** One YAML file of the config, read and with its secrets filled in, its shape not yet checked. */
export interface Document {
  readonly file: SourceFile
  /** The path of the file, for what it names relative to itself. */
  readonly path: string
  readonly tree: Tree
  readonly main: boolean
  /** Paths, joined by NUL, of the values that came from the environment or a secret's file. */
  readonly filled: ReadonlySet<string>
}

/** Reads the main file and everything that it includes, in order. What cannot be read is reported. */
export function readDocuments(main: string, surroundings: Surroundings, report: Report): Document[] {
  const root = path.dirname(main)
  const documents: Document[] = []
  visit(main, undefined, [])
  return documents

  function visit(file: string, from: Origin | undefined, trail: readonly string[]): void {
    if (trail.includes(file)) report.add(cycle([...trail, file], root), from!)
    if (documents.some((document) => document.path === file)) return
    const document = readDocument(file, path.relative(root, file) || file, surroundings, report, from)
    if (!document) return
    documents.push({ ...document, main: trail.length === 0 })
    for (const { pattern, origin } of includesOf(document)) {
      const found = surroundings.glob(path.resolve(path.dirname(file), pattern))
      if (found.length === 0) report.add(nothingIncluded(pattern), origin)
      for (const included of found) visit(included, origin, [...trail, file])
    }
  }
}

function readDocument(
  file: string,
  name: string,
  surroundings: Surroundings,
  report: Report,
  from?: Origin,
): Omit<Document, 'main'> | undefined {
  const source = readSource(file, name, surroundings, report, from)
  if (!source) return undefined
  const read = readYaml(source.text)
  if ('problem' in read) {
    report.add(read.problem, { file: offsetFile(source, read.offset), path: [] })
    return undefined
  }
  const { filled, problems } = substitute(read.tree, surroundings)
  for (const { problem, path } of problems) report.add(problem, { file: source, path })
  return { file: source, path: file, tree: read.tree, filled }
}

function readSource(
  file: string,
  name: string,
  { read }: Surroundings,
  report: Report,
  from?: Origin,
): SourceFile | undefined {
  try {
    return yamlFile(name, read(file).replace(/^\uFEFF/, ''))
  } catch (error) {
    report.add(unreadable(name, error), from ?? { file: yamlFile(name, ''), path: [] })
    return undefined
  }
}

export function unreadable(name: string, error: unknown) {
  return {
    code: 'file-unreadable',
    message: `${name} cannot be read: ${(error as Error).message}`,
    expected: 'a file that this process may read',
    found: name,
    cure: 'mend the path or the permissions',
  } as const
}

/** A file whose only place is one offset: a text that is no YAML has no paths. */
function offsetFile({ name, text }: SourceFile, offset: number): SourceFile {
  return { name, text, span: () => ({ start: offset, end: offset + 1 }) }
}

/** A wrongly shaped `include` is left to the check of shapes. */
function includesOf({ file, tree }: Omit<Document, 'main'>): { pattern: string; origin: Origin }[] {
  const include = tree.include ?? []
  const patterns = Array.isArray(include) ? include : [include]
  return patterns
    .map((pattern: unknown, at) => ({ pattern, origin: { file, path: ['include', at] } as Origin }))
    .filter((entry): entry is { pattern: string; origin: Origin } => typeof entry.pattern === 'string')
}

function nothingIncluded(pattern: string) {
  return {
    code: 'include-empty',
    message: `no file matches "${pattern}"`,
    expected: 'a file or a pattern such as routes/*.yaml, relative to this file',
    found: pattern,
    cure: 'mend the path',
  } as const
}

function cycle(trail: readonly string[], root: string) {
  const names = trail.map((file) => path.relative(root, file))
  return {
    code: 'include-cycle',
    message: `files include each other: ${names.join(' → ')}`,
    expected: 'includes that end somewhere',
    found: names.at(-1)!,
    cure: 'remove this include',
  } as const
}
