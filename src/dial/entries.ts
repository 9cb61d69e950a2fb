import { below, type Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import type { Account, DialEntry, Endpoint, Hop } from '../model/config.js'
import { compileDestination, type HopEntry } from './destination.js'
import type { DialContext } from './dial-context.js'
import { formOf, type HopSource, isAddress, overridesFor, shapeProblem, strayKey, strayKeys } from './hop.js'

/** Makes a hop of the endpoints that ring at once and the dial attributes that are next to them. */
export type MakeHop = (endpoints: readonly Endpoint[], source: string | HopSource, origin: Origin) => Hop

/** What the entries of one dial are compiled with. */
interface EntryCompiler {
  readonly context: DialContext
  readonly makeHop: MakeHop
  /** The group whose entries they are; undefined for those of the dial itself. */
  readonly within?: string
}

/** Compiles the entries of a `dial` or a group: groups are replaced by their members. */
export function compileEntries(written: readonly HopEntry[], compiler: EntryCompiler): DialEntry[] {
  const entries: DialEntry[] = []
  for (const entry of written)
    if (isWellFormed(entry, compiler.context)) entries.push(...compileEntry(entry, compiler))
  // an array that has grown holds room for more than a dial has
  return entries.slice()
}

function isWellFormed({ source, origin }: HopEntry, { report }: DialContext): boolean {
  if (typeof source === 'string') return true
  const problem = shapeProblem(source)
  if (problem?.code === 'missing-key') report.addMissing(problem, origin)
  else if (problem) report.add(problem, origin)
  else for (const key of strayKeys(source)) report.add(strayKey(key, source), below(origin, key), 'key')
  return problem === undefined
}

function compileEntry(entry: HopEntry, compiler: EntryCompiler): DialEntry[] {
  const { source, origin } = entry
  const { context, makeHop } = compiler
  const group = groupOf(source, context)
  if (group !== undefined) return groupEntries(group, entry, compiler)
  if (typeof source !== 'string' && source.ring) return ringEntry(source.ring, entry, compiler)
  if (typeof source !== 'string' && source.split) return splitEntry(source, entry, compiler)
  const endpoint = compileDestination(entry, context)
  return endpoint ? [{ hop: makeHop(alone(endpoint, context), source, origin) }] : []
}

/** An endpoint by itself; of a named one the list is the same for all hops. */
function alone(endpoint: Endpoint, { endpoints, alone: lists }: DialContext): readonly Endpoint[] {
  const list = lists.get(endpoint) ?? [endpoint]
  if (endpoints.get(endpoint.name) === endpoint) lists.set(endpoint, list)
  return list
}

function groupOf(source: string | HopSource, { groups }: DialContext): string | undefined {
  const name = typeof source === 'string' ? source : source.endpoint
  return name !== undefined && groups.has(name) ? name : undefined
}

function groupEntries(
  name: string,
  { source, nextTo }: HopEntry,
  { context, makeHop, within }: EntryCompiler,
): DialEntry[] {
  context.used.endpoint.add(name)
  if (!context.groupReferences.leads(within, name)) return []
  const group = context.groups.get(name)!
  const written = group.value.map((member, at) => ({
    source: typeof source === 'string' ? member : inherit(member, source),
    nextTo,
    origin: below(group.origin, at),
  }))
  return compileEntries(written, { context, makeHop, within: name })
}

/** What is next to a group in a dial holds for each of its members. */
function inherit(member: string | HopSource, { endpoint: _, ...overrides }: HopSource): HopSource {
  const own: HopSource =
    typeof member !== 'string' ? member : isAddress(member) ? { uri: member } : { endpoint: member }
  return { ...overridesFor(formOf(own), overrides), ...own }
}

function ringEntry(
  members: readonly (string | HopSource)[],
  entry: HopEntry,
  compiler: EntryCompiler,
): DialEntry[] {
  const { context, makeHop } = compiler
  const origin = below(entry.origin, 'ring')
  const written = members.map((source, at) => ({
    source,
    nextTo: { ...entry.nextTo, ...(entry.source as HopSource) },
    origin: below(origin, at),
  }))
  const entries = compileEntries(written, compiler)
  const endpoints = withoutSplits(entries, 'ring', origin, context).flatMap((hop) => hop.endpoints)
  checkRing(members, endpoints, origin, context)
  return endpoints.length > 0 ? [{ hop: makeHop(endpoints, entry.source, entry.origin) }] : []
}

function splitEntry(
  { split, by = 'call' }: HopSource,
  entry: HopEntry,
  compiler: EntryCompiler,
): DialEntry[] {
  const choices = Object.entries(split!).map(([name, weight]) => {
    const origin = below(entry.origin, 'split', name)
    const { split: _, by: __, ...nextTo } = entry.source as HopSource
    const source = inherit(name, nextTo)
    const entries = compileEntries([{ source, nextTo: entry.nextTo, origin }], compiler)
    return { name, weight, hops: withoutSplits(entries, 'split', origin, compiler.context) }
  })
  return [{ by, choices }]
}

/** The hops of a ring or of one choice of a split. A split that a group brings in there is an error. */
function withoutSplits(
  entries: readonly DialEntry[],
  within: 'ring' | 'split',
  origin: Origin,
  { report }: DialContext,
): Hop[] {
  if (entries.some((entry) => !('hop' in entry))) report.add(splitWithin(within), origin)
  return entries.flatMap((entry) => ('hop' in entry ? entry.hop : []))
}

/** The error of a split that a group brings into a ring or another split. */
export function splitWithin(within: 'ring' | 'split'): Problem {
  return {
    code: 'conflicting-keys',
    message: `a group with a split cannot be in ${within}`,
    expected: 'endpoints, or groups of endpoints',
    help: 'name the endpoints themselves here',
  }
}

/** Twilio's page "TwiML <Sip>": up to ten in one Dial. */
const MOST_AT_ONCE = 10

/** Checks what rings at once. A member that is in doubt counts as one. */
function checkRing(
  members: readonly unknown[],
  endpoints: readonly Endpoint[],
  origin: Origin,
  { accounts, report }: DialContext,
): void {
  const numbersOnly = endpoints.every(({ number }) => number !== undefined)
  const problem = ringProblem(Math.max(members.length, endpoints.length), numbersOnly, accounts)
  if (problem) report.add(problem, origin, problem.code === 'ring-size' ? 'value' : 'key')
}

/**
 * Why so many cannot ring at once: there are too few or too many, or an account may not. Phone numbers alone may ring at
 * once on every account (Twilio, "TwiML <Number>").
 */
export function ringProblem(
  size: number,
  numbersOnly: boolean,
  accounts: readonly Account[],
): Problem | undefined {
  if (size < 2 || size > MOST_AT_ONCE) return ringSize(size)
  if (numbersOnly) return undefined
  const plain = accounts.filter((account) => !account.enhancedSip).map((account) => account.name)
  return plain.length > 0 ? notEnhanced(plain.join(', ')) : undefined
}

function ringSize(size: number): Problem {
  return {
    code: 'ring-size',
    message: `ring holds ${size === 1 ? 'one endpoint' : `${size} endpoints`}`,
    expected: `from 2 to ${MOST_AT_ONCE}`,
    found: String(size),
    help: size < 2 ? 'dial it without ring' : 'put some of them into a later hop',
  }
}

function notEnhanced(accounts: string): Problem {
  return {
    code: 'ring-enhanced',
    message: `without Enhanced Programmable SIP Features Twilio rings one endpoint only: ${accounts}`,
    expected: 'enhancedSip: true at each account, once it is enabled in the Console',
    help: 'enable it and say so with enhancedSip: true, or write a list of hops',
  }
}
