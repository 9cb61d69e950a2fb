import type { Path } from '../errors/problem.js'
import type { Config } from '../model/config.js'
import { lastUpTo } from '../numbers/disjoint-ranges.js'
import { type ConfigSource, filesRevision, noteReads } from './config-source.js'
import { type Document, readDocuments } from './documents.js'
import { Report } from './report.js'
import { lineStarts } from './source-file.js'

/**
 * Where the routes of a config are, in its order. A config itself does not know: to find the lines its files are read a
 * second time. Numbers, so that another thread takes those of 100,000 routes without a pause.
 */
export interface RoutePlaces {
  /** As seen from the folder of the main file. */
  readonly files: readonly string[]
  /** Of each route where its numbers begin in `numbers`, and where the last one ends. */
  readonly starts: Int32Array
  /** Of each route the place of its file, its line, and the lines of its rules. */
  readonly numbers: Int32Array
  /** `dialsip.yaml:14` of each rule of the config. */
  readonly configRules: readonly string[]
  /** The same of each named action. */
  readonly actions: ReadonlyMap<string, string>
}

/** Reads the files of a config once more for its lines; undefined when they are no longer those that it was made of. */
export function readRoutePlaces(
  { files, revision }: Pick<Config, 'files' | 'revision'>,
  configSource: ConfigSource,
): RoutePlaces | undefined {
  const noted = noteReads(configSource)
  const documents = readDocuments(files[0]!, noted.source, new Report())
  // in the order in which the compiler has read them: tables of numbers, lists, calendars
  for (const other of files.filter((name) => !noted.files.has(name))) noted.source.read(other)
  return noted.revision() === filesRevision(revision) ? findPlaces(documents) : undefined
}

function findPlaces(documents: readonly Document[]): RoutePlaces {
  const [starts, numbers]: [number[], number[]] = [[0], []]
  const configRules: string[] = []
  const actions = new Map<string, string>()
  for (const [at, { file, tree }] of documents.entries()) {
    const lineOf = lineFinder(file)
    for (const route of entriesOf(tree.routes)) {
      const rules = entriesOf((tree.routes as readonly { readonly rules?: unknown }[])[route]!.rules)
      numbers.push(at, lineOf(['routes', route]))
      for (const rule of rules) numbers.push(lineOf(['routes', route, 'rules', rule]))
      starts.push(numbers.length)
    }
    for (const rule of entriesOf(tree.rules)) configRules.push(`${file.name}:${lineOf(['rules', rule])}`)
    for (const name of Object.keys(tree.actions ?? {}))
      actions.set(name, `${file.name}:${lineOf(['actions', name], 'key')}`)
  }
  return {
    files: documents.map(({ file }) => file.name),
    starts: Int32Array.from(starts),
    numbers: Int32Array.from(numbers),
    configRules,
    actions,
  }
}

/** `dialsip.yaml:14`, of a route and of its rules. */
interface RoutePlace {
  readonly route: string
  readonly rules: readonly string[]
}

/** The place of the route at a place in the order of the config; undefined for one that a table of numbers has made. */
export function routePlace({ files, starts, numbers }: RoutePlaces, at: number): RoutePlace | undefined {
  const [start, end] = starts.subarray(at, at + 2)
  if (end === undefined) return undefined
  const [file, ...lines] = numbers.subarray(start, end)
  const [route, ...rules] = lines.map((line) => `${files[file!]}:${line}`)
  return { route: route!, rules }
}

function entriesOf(list: unknown): number[] {
  return Array.isArray(list) ? [...list.keys()] : []
}

function lineFinder(file: Document['file']): (path: Path, part?: 'key' | 'value') => number {
  const starts = lineStarts(file.text)
  return (path, part = 'value') => lastUpTo(starts, file.offsets(path, part).start) + 1
}
