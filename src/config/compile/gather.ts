import type { CountryCode } from 'libphonenumber-js/min'
import type { z } from 'zod'
import { type ActionsSource, actionsSchema } from '../../actions/schema.js'
import { type EndpointSource, endpointSchema } from '../../dial/endpoint.js'
import { dialSchema, type HopSource } from '../../dial/hop.js'
import { below, type Item, type Origin } from '../../errors/origin.js'
import type { Problem, Reporter } from '../../errors/problem.js'
import { homeCountries } from '../../numbers/national.js'
import type { PatternContext } from '../../numbers/pattern.js'
import { type TestSource, testSchema } from '../../schema/test-case.js'
import type { ConfigSource } from '../config-source.js'
import { type Document, fileNamedIn } from '../documents.js'
import { listEntries, type ScheduleSource, scheduleSchema, settingsShape } from '../schema/root.js'
import { type RouteSource, routeSchema, routeSchemaFor, ruleSchema } from '../schema/route.js'
import { checkName, sectionOf, validated } from '../validated.js'
import { isMap } from '../yaml.js'
import { type NumberTable, readNumberTable } from './csv.js'
import type { ListContext } from './lists.js'

/** What the files of a config hold: of the right shape, put together, and not yet understood. */
export interface Sources {
  readonly main: Document
  readonly endpoints: Collected<EndpointSource>
  readonly groups: Collected<readonly (string | HopSource)[]>
  readonly schedules: Collected<ScheduleSource>
  readonly lists: Collected<readonly string[]>
  readonly actions: Collected<ActionsSource>
  /** To be gone through once: they are read on the way. */
  readonly routes: Iterable<Item<RouteSource>>
  readonly tables: readonly NumberTable[]
  readonly tests: readonly Item<TestSource>[]
  /** What patterns and the files next to the config are read with. */
  readonly reading: ListContext
}

/** Puts the documents of a config together and checks their shape. What does not fit is reported and left out. */
export function gather(
  documents: readonly Document[],
  configSource: ConfigSource,
  report: Reporter,
): Sources {
  const byFile = new Map(documents.map((document) => [document.file, document]))
  const reading: ListContext = {
    report,
    configSource,
    listFiles: new Map(),
    homeCountries: homeCountriesOf(documents),
    fileNamedAt: (origin, name) => fileNamedIn(byFile.get(origin.file)!, name),
  }
  const endpoints = collectMap(documents, 'endpoints', endpointSchema, report)
  const groups = collectMap(documents, 'groups', dialSchema, report)
  const hops = new Map(endpoints.origins)
  for (const [name, origin] of groups.origins)
    claimName('endpoints and groups', name, origin, hops, report, 'key')
  return {
    main: documents.find((document) => document.main)!,
    endpoints,
    groups,
    schedules: collectMap(documents, 'schedules', scheduleSchema, report),
    lists: collectMap(documents, 'lists', listEntries, report),
    actions: collectMap(documents, 'actions', actionsSchema, report),
    routes: eachRoute(documents, report),
    tables: documents.flatMap((document) => readTables(document, reading)),
    tests: collectList(documents, 'tests', testSchema, report),
    reading,
  }
}

type Setting<K extends keyof typeof settingsShape> = z.output<(typeof settingsShape)[K]>

/** One setting of the main file; undefined when it is of a wrong shape, or missing and needed: both are reported. */
export function setting<K extends keyof typeof settingsShape>(
  key: K,
  { tree, file }: Document,
  report: Reporter,
): Item<Setting<K>> | undefined {
  const origin: Origin = { file, path: [key] }
  const value = validated(settingsShape[key] as unknown as z.ZodType<Setting<K>>, tree[key], origin, report)
  return value === undefined ? undefined : { value, origin }
}

function readTables({ tree, file }: Document, reading: ListContext): NumberTable[] {
  const written =
    tree.numbersFrom === undefined
      ? []
      : (validated(listEntries, tree.numbersFrom, { file, path: ['numbersFrom'] }, reading.report) ?? [])
  return written.map((name, at) => readNumberTable(name, { file, path: ['numbersFrom', at] }, reading))
}

/** The countries of the numbers that the routes claim; worked out when first asked for. */
function homeCountriesOf(documents: readonly Document[]): PatternContext['homeCountries'] {
  let found: { readonly countries: readonly CountryCode[] | undefined } | undefined
  return function countries() {
    found ??= { countries: homeCountries(documents.flatMap(claimedIn)) }
    return found.countries
  }
}

function claimedIn({ tree }: Document): string[] {
  const routes: unknown[] = Array.isArray(tree.routes) ? tree.routes : []
  return routes
    .flatMap((route) => (isMap(route) ? route.to : []))
    .filter((to): to is string => typeof to === 'string')
}

/** A map of the config, put together from all files: its valid entries, and where every name is. */
interface Collected<T> {
  readonly items: ReadonlyMap<string, Item<T>>
  /** Names of entries, valid or not. */
  readonly origins: ReadonlyMap<string, Origin>
}

/** Gathers the entries of a map that may be in several files. A name that appears twice is reported. */
function collectMap<T>(
  documents: readonly Document[],
  key: string,
  schema: z.ZodType<T>,
  report: Reporter,
): Collected<T> {
  const items = new Map<string, Item<T>>()
  const origins = new Map<string, Origin>()
  for (const document of documents) {
    for (const [name, value] of Object.entries(sectionOf(document, key, report))) {
      const origin: Origin = { file: document.file, path: [key, name] }
      checkName(name, origin, report, 'key')
      claimName(key, name, origin, origins, report, 'key')
      const item = validated(schema, value, origin, report)
      if (item !== undefined && origins.get(name) === origin) items.set(name, { value: item, origin })
    }
  }
  return { items, origins }
}

/** Notes whose name it is; the second to want it is reported with both places. */
export function claimName(
  key: string,
  name: string,
  origin: Origin,
  origins: Map<string, Origin>,
  report: Reporter,
  part: 'key' | 'value' = 'value',
): void {
  const earlier = origins.get(name)
  if (earlier) report.add(duplicateName(key, name), origin, part, earlier)
  else origins.set(name, origin)
}

/** A name that appears twice in one map or list. */
export function duplicateName(key: string, name: string): Problem {
  return {
    code: 'duplicate-name',
    message: `the name "${name}" appears twice under ${key}`,
    expected: 'a name of its own for each',
    found: name,
    help: 'rename one of the two',
  }
}

/** Gathers the items of a list that may be in several files. */
export function collectList<T>(
  documents: readonly Document[],
  key: string,
  schema: z.ZodType<T>,
  report: Reporter,
): Item<T>[] {
  return [...entriesOf(documents, key, report)].flatMap(({ value, origin }) => {
    const item = validated(schema, value, origin, report)
    return item === undefined ? [] : [{ value: item, origin }]
  })
}

/**
 * The routes, one by one, so that what was read of one is gone before the next. A rule of a wrong shape is left out,
 * so that the errors of the others are still found.
 */
function eachRoute(documents: readonly Document[], report: Reporter): Iterable<Item<RouteSource>> {
  const entries = entriesOf(documents, 'routes', report)
  return readAll()

  function* readAll(): Generator<Item<RouteSource>> {
    for (const { value, origin } of entries) {
      const route = readRoute(value) ?? salvage(value, origin, report)
      if (route) yield { value: route, origin }
    }
  }
}

function salvage(value: unknown, origin: Origin, report: Reporter): RouteSource | undefined {
  if (!isMap(value) || !Array.isArray(value.rules) || value.rules.length === 0)
    return validated(routeSchema, value, origin, report)
  const { rules, ...rest } = value
  const route = validated(routeSchema, rest, origin, report)
  const kept = rules.map((rule, at) => validated(ruleSchema, rule, below(origin, 'rules', at), report))
  return route && { ...route, rules: kept }
}

function readRoute(value: unknown): RouteSource | undefined {
  return isMap(value) ? routeSchemaFor(Object.keys(value)).safeParse(value).data : undefined
}

/** The entries under a key of all documents. What is no list there is reported at once. */
function entriesOf(documents: readonly Document[], key: string, report: Reporter): Iterable<Item<unknown>> {
  const lists = documents.map(({ file }): Origin => ({ file, path: [key] }))
  const sections = documents.map((document) => sectionOf(document, key, report) as readonly unknown[])
  return eachEntry()

  function* eachEntry(): Generator<Item<unknown>> {
    for (const [which, entries] of sections.entries())
      for (let at = 0; at < entries.length; at += 1)
        yield { value: entries[at], origin: below(lists[which]!, at) }
  }
}
