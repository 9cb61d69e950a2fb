import { below, type Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import type { Account, DialEntry, Endpoint, Hop } from '../model/config.js'
import { compileDestination, type HopEntry } from './destination.js'
import type { DialContext } from './dial-context.js'
import { formOf, type HopSource, isAddress, overridesFor, shapeProblem, strayKey, strayKeys } from './hop.js'

/** Makes a hop of the endpoints that ring at once and the dial attributes that are next to them. */
export type MakeHop = (endpoints: readonly Endpoint[], source: string | HopSource, origin: Origin) => Hop

/**
 * The steps that the entries of a `dial` or a group mean. Groups are followed into their members;
 * `within` is the group whose entries they are.
 */
export function compileSteps(
  entries: readonly HopEntry[],
  context: DialContext,
  makeHop: MakeHop,
  within?: string,
): DialEntry[] {
  const steps: DialEntry[] = []
  for (const entry of entries)
    if (isWellFormed(entry, context)) steps.push(...compileStep(entry, context, makeHop, within))
  // an array that has grown holds room for more than a dial has
  return steps.slice()
}

function isWellFormed({ source, origin }: HopEntry, { report }: DialContext): boolean {
  if (typeof source === 'string') return true
  const problem = shapeProblem(source)
  if (problem?.code === 'missing-key') report.addMissing(problem, origin)
  else if (problem) report.add(problem, origin)
  else for (const key of strayKeys(source)) report.add(strayKey(key, source), below(origin, key), 'key')
  return problem === undefined
}

function compileStep(entry: HopEntry, context: DialContext, makeHop: MakeHop, within?: string): DialEntry[] {
  const { source, origin } = entry
  const group = groupOf(source, context)
  if (group !== undefined) return groupSteps(group, entry, context, makeHop, within)
  if (typeof source !== 'string' && source.ring) return ringStep(source.ring, entry, context, makeHop, within)
  if (typeof source !== 'string' && source.split) return splitStep(source, entry, context, makeHop, within)
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

function groupSteps(
  name: string,
  { source, nextTo }: HopEntry,
  context: DialContext,
  makeHop: MakeHop,
  within?: string,
): DialEntry[] {
  context.used.endpoint.add(name)
  if (!context.groupReferences.leads(within, name)) return []
  const group = context.groups.get(name)!
  const entries = group.value.map((member, at) => ({
    source: typeof source === 'string' ? member : inherit(member, source),
    nextTo,
    origin: below(group.origin, at),
  }))
  return compileSteps(entries, context, makeHop, name)
}

/** What is next to a group in a dial holds for each of its members. */
function inherit(member: string | HopSource, { endpoint: _, ...overrides }: HopSource): HopSource {
  const own: HopSource =
    typeof member !== 'string' ? member : isAddress(member) ? { uri: member } : { endpoint: member }
  return { ...overridesFor(formOf(own), overrides), ...own }
}

function ringStep(
  members: readonly (string | HopSource)[],
  entry: HopEntry,
  context: DialContext,
  makeHop: MakeHop,
  within?: string,
): DialEntry[] {
  const origin = below(entry.origin, 'ring')
  const entries = members.map((source, at) => ({
    source,
    nextTo: { ...entry.nextTo, ...(entry.source as HopSource) },
    origin: below(origin, at),
  }))
  const steps = compileSteps(entries, context, makeHop, within)
  const endpoints = withoutSplits(steps, 'ring', origin, context).flatMap((hop) => hop.endpoints)
  checkRing(members, endpoints, origin, context)
  return endpoints.length > 0 ? [{ hop: makeHop(endpoints, entry.source, entry.origin) }] : []
}

function splitStep(
  { split, by = 'call' }: HopSource,
  entry: HopEntry,
  context: DialContext,
  makeHop: MakeHop,
  within?: string,
): DialEntry[] {
  const choices = Object.entries(split!).map(([name, weight]) => {
    const origin = below(entry.origin, 'split', name)
    const { split: _, by: __, ...nextTo } = entry.source as HopSource
    const source = inherit(name, nextTo)
    const steps = compileSteps([{ source, nextTo: entry.nextTo, origin }], context, makeHop, within)
    return { name, weight, hops: withoutSplits(steps, 'split', origin, context) }
  })
  return [{ by, choices }]
}

/** The hops of a ring or of one choice of a split. A split that a group brings in there is an error. */
function withoutSplits(
  steps: readonly DialEntry[],
  within: 'ring' | 'split',
  origin: Origin,
  { report }: DialContext,
): Hop[] {
  if (steps.some((step) => !('hop' in step))) report.add(splitWithin(within), origin)
  return steps.flatMap((step) => ('hop' in step ? step.hop : []))
}

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
 * What speaks against so many at once: their number, or that the accounts may not. Phone numbers alone ring at once
 * on every account (Twilio, "TwiML <Number>").
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
