import { dialsIn } from '../../src/dial/find-dial.js'
import { summaryOf } from '../../src/diff/facts.js'
import { type Config, hopsIn, type Route } from '../../src/model/config.js'
import type { Claim, NumberIndex } from '../../src/numbers/number-index.js'
import { secretMasker } from '../../src/sip/masker.js'
import { inSlices } from './in-slices.js'

/** What a search looks at of a route. */
export interface RouteEntry {
  readonly route: Route
  /** Its place in the config. */
  readonly at: number
  /** Its name, patterns, conditions and actions in lower case, without secrets; of a very long one the beginning. */
  text: string
  /** How many exact numbers and patterns it claims. */
  claims: number
  /** The first of them. */
  readonly patterns: string[]
}

/** The routes of a config, laid out for searches. */
export type RouteIndex = ReadonlyMap<string, RouteEntry>

const [LONGEST_TEXT, MOST_PATTERNS] = [600, 10]

/** An index is freed with its config. */
const known = new WeakMap<Config, Promise<RouteIndex>>()

/** The index of a config: made when it is asked for first, between calls. */
export function routeIndex(config: Config): Promise<RouteIndex> {
  const made = known.get(config) ?? indexRoutes(config)
  known.set(config, made)
  return made
}

async function indexRoutes(config: Config): Promise<RouteIndex> {
  const entries = new Map<string, RouteEntry>()
  const wordsOf = wordTeller(config)
  await inSlices(config.routes.values(), (route) => {
    const text = [route.name, ...route.rules.map(wordsOf)].join('\n').slice(0, LONGEST_TEXT).toLowerCase()
    entries.set(route.name, { route, at: entries.size, text, claims: 0, patterns: [] })
  })
  await inSlices(config.numbers.exact, ([number, owner]) => {
    addClaim(entries.get(config.numbers.owners[owner]!.route)!, `+${number}`)
  })
  await inSlices(patternClaims(config.numbers), ({ pattern, route }) => {
    const entry = entries.get(route)!
    addClaim(entry, pattern.text)
    entry.text += `\n${pattern.text.toLowerCase()}`
  })
  return entries
}

function addClaim(entry: RouteEntry, pattern: string): void {
  entry.claims += 1
  if (entry.patterns.length < MOST_PATTERNS) entry.patterns.push(pattern)
}

/** Many routes say the same: each text is masked once. */
function wordTeller({ secrets }: Config): (rule: Route['rules'][number]) => string {
  const mask = secretMasker(secrets)
  const masked = new Map<string, string>()
  return function wordsOf({ name = '', conditions, actions }) {
    const words = [name, ...conditions.map(({ text }) => text), summaryOf(actions)].join('\n')
    const shown = masked.get(words) ?? mask(words.slice(0, LONGEST_TEXT))
    masked.set(words, shown)
    return shown
  }
}

function* patternClaims({ ranges, prefixes, hosts }: NumberIndex): Generator<Claim> {
  yield* new Set(ranges.claims)
  for (const { byPrefix } of prefixes) yield* byPrefix.values()
  for (const users of hosts.values()) {
    yield* users.exact.values()
    for (const { byPrefix } of users.prefixes) yield* byPrefix.values()
  }
}

/** What routes are looked for by; each that is given must fit. */
export interface RouteQuestion {
  /** A part of what the config says of a route, or of a number that it claims. */
  readonly search?: string | undefined
  /** Its name must be each of these. */
  readonly names: readonly string[]
  /** An endpoint that it may ring. */
  readonly endpoint?: string | undefined
}

/** The routes that a question is about, in the order of the config. */
export async function findRoutes(question: RouteQuestion, config: Config): Promise<RouteEntry[]> {
  const index = await routeIndex(config)
  const { search = '', names, endpoint } = question
  const words = search.trim().toLowerCase()
  const owners = await ownersOf(words, config)
  const [name] = names
  const one = name !== undefined && names.every((other) => other === name) ? index.get(name) : undefined
  const among = name === undefined ? index.values() : one ? [one] : []
  const found: RouteEntry[] = []
  await inSlices(among, (entry) => {
    if (!entry.text.includes(words) && !owners.has(entry.route.name)) return
    if (endpoint === undefined || rings(entry.route, endpoint)) found.push(entry)
  })
  return found
}

/** Fewer digits are a part of most numbers. */
const DIGITS = /^\+?\d{3,15}$/

/** The routes that claim exact numbers of which these digits are a part. */
async function ownersOf(words: string, { numbers }: Config): Promise<Set<string>> {
  const owners = new Set<string>()
  if (!DIGITS.test(words)) return owners
  await inSlices(numbers.exact, ([number, owner]) => {
    if (`+${number}`.includes(words)) owners.add(numbers.owners[owner]!.route)
  })
  return owners
}

function rings({ rules }: Route, endpoint: string): boolean {
  return rules.some(({ actions }) =>
    dialsIn(actions).some(({ entries }) =>
      hopsIn(entries).some(({ name, endpoints }) =>
        [name, ...endpoints.map((one) => one.name)].includes(endpoint),
      ),
    ),
  )
}
