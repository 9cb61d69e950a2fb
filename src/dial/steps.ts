import { below, type Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import type { DialEntry, Endpoint, Hop } from '../model/config.js'
import { compileDestination, type HopEntry } from './destination.js'
import type { DialContext } from './dial-context.js'
import { formOf, type HopSource, isAddress, overridesFor, shapeProblem, strayKey, strayKeys } from './hop.js'
import { checkRing } from './ring.js'

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
  { source, beside }: HopEntry,
  context: DialContext,
  makeHop: MakeHop,
  within?: string,
): DialEntry[] {
  context.used.endpoint.add(name)
  if (!context.groupReferences.leads(within, name)) return []
  const group = context.groups.get(name)!
  const entries = group.value.map((member, at) => ({
    source: typeof source === 'string' ? member : inherit(member, source),
    beside,
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
    beside: { ...entry.beside, ...(entry.source as HopSource) },
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
    const { split: _, by: __, ...beside } = entry.source as HopSource
    const source = inherit(name, beside)
    const steps = compileSteps([{ source, beside: entry.beside, origin }], context, makeHop, within)
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
    message: `a group with a split cannot stand within ${within}`,
    expected: 'endpoints, or groups of endpoints',
    help: 'name the endpoints themselves here',
  }
}
