import type { CountryCode } from 'libphonenumber-js/min'
import type { z } from 'zod'
import { dialSchema } from '../../actions/dial.js'
import { type ActionsSource, actionsSchema } from '../../actions/schema.js'
import { type EndpointSource, endpointSchema } from '../../dial/endpoint.js'
import type { HopSource } from '../../dial/hop.js'
import type { Item, Origin } from '../../errors/origin.js'
import type { Reporter } from '../../errors/reporter.js'
import { homeCountries } from '../../numbers/national.js'
import type { PatternContext } from '../../numbers/pattern.js'
import { type TestSource, testSchema } from '../../schema/test-case.js'
import { type Collected, claimName, collectList, collectMap, eachRoute } from '../collect.js'
import type { ConfigSource } from '../config-source.js'
import { type Document, fileNamedIn } from '../documents.js'
import { listEntries, settingsShape } from '../schema/root.js'
import type { RouteSource } from '../schema/route.js'
import { type ScheduleSource, scheduleSchema } from '../schema/schedule.js'
import { validated } from '../validated.js'
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
  /** What patterns and the files beside the config are read with. */
  readonly reading: ListContext
}

export function gather(
  documents: readonly Document[],
  surroundings: ConfigSource,
  report: Reporter,
): Sources {
  const byFile = new Map(documents.map((document) => [document.file, document]))
  const reading: ListContext = {
    report,
    surroundings,
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
export function homeCountriesOf(documents: readonly Document[]): PatternContext['homeCountries'] {
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
