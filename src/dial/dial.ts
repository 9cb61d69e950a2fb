import { z } from 'zod'
import { below, type Item, type Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import type {
  ActionList,
  Attributes,
  DialAction,
  DialEntry,
  Endpoint,
  Hop,
  Outbound,
  Screen,
} from '../model/config.js'
import { url, withBooleans } from '../schema/scalars.js'
import { DIAL_ATTRIBUTES } from '../twilio/attributes.js'
import { compileCallerId } from './caller-id.js'
import type { HopEntry } from './destination.js'
import type { DialContext } from './dial-context.js'
import { compileEntries, type MakeHop } from './entries.js'
import { compileFailoverOn, FAILOVER_ON, failoverSchema, lintRinging } from './failover.js'
import { type HopSource, hopAttributes } from './hop.js'
import { lintMailboxes, lintRepeats, lintSettings } from './lints.js'
import { hopName } from './plan.js'
import { compileScreen, screenSchema } from './screen.js'
import { attributesIn, type Layer, placeIn, settingIn } from './settings.js'

/** What is next to `dial:` for that dial, and under `defaults:` for every dial. */
export const dialShape = {
  ...hopAttributes,
  referUrl: withBooleans(z.union([z.literal('true', 'true or a URL'), url('true or a URL')], 'true or a URL'))
    .optional()
    .describe('What answers a SIP REFER of the callee: true for dialsip itself, or a URL of yours.'),
  failoverOn: failoverSchema
    .optional()
    .describe(`The outcomes after which the next hop is tried; default: ${FAILOVER_ON.join(', ')}.`),
  screen: screenSchema
    .optional()
    .describe('What the callee hears, and must press, before the call is put through.'),
}

/** A map of the config with a dial in it, and with what is next to that. */
export interface DialSource extends Readonly<Record<string, unknown>> {
  readonly dial?: readonly (string | HopSource)[]
}

/** Compiles the `dial` of a body with what is next to it and under `defaults`. */
export function compileDial(
  body: DialSource,
  id: string,
  otherwise: ActionList | undefined,
  origin: Origin,
  context: DialContext,
): DialAction {
  const list = below(origin, 'dial')
  const sources = isLoadable(body.dial!, list, context) ? body.dial! : []
  const written = sources.map((source, at) => ({ source, nextTo: body, origin: below(list, at) }))
  const dialled = compileDialEntries(written, [{ value: body, origin }, context.defaults], context, otherwise)
  lintSettings(body, origin, context)
  return { verb: 'dial', id, ...dialled, otherwise }
}

/** The entries of a group as a dial of it alone has them. */
export function compileGroup(name: string, context: DialContext): readonly DialEntry[] {
  const { origin } = context.groups.get(name)!
  const written = isLoadable([name], origin, context) ? [{ source: name, nextTo: {}, origin }] : []
  return compileDialEntries(written, [context.defaults], context).entries
}

/** More hops than a call can last for, and more than the plan in a URL holds. */
const MOST_HOPS = 1000

function isLoadable(entries: readonly (string | HopSource)[], origin: Origin, context: DialContext): boolean {
  const size = context.groupSizes.of(entries)
  if (size <= MOST_HOPS) {
    context.work.add(size, origin)
    return true
  }
  context.report.add(tooLong(size), origin)
  // no warning that nothing uses what may be meant here
  for (const name of context.names.endpoint) context.used.endpoint.add(name)
  return false
}

function tooLong(size: number): Problem {
  const found = size > MOST_HOPS * MOST_HOPS ? `more than ${MOST_HOPS * MOST_HOPS}` : String(size)
  return {
    code: 'load-limit',
    message: `this dial comes to ${found} endpoints and numbers, with its groups written out`,
    expected: `at most ${MOST_HOPS}`,
    help: 'name fewer of them here',
  }
}

function compileDialEntries(
  written: readonly HopEntry[],
  layers: readonly Layer[],
  context: DialContext,
  otherwise?: ActionList,
): Pick<DialAction, 'entries' | 'failoverOn'> {
  const made: Item<Hop>[] = []
  const entries = compileEntries(written, { context, makeHop: hopMaker(layers, made, context) })
  const failoverOn = compileFailoverOn(layers, context)
  lintRepeats(entries, failoverOn, made, context.report)
  lintMailboxes(entries, otherwise, made, context.report)
  lintRinging(layers, entries, context)
  return { entries, failoverOn }
}

/** What the dials of outbound calls have by `defaults`. */
export function compileOutboundDial(
  context: DialContext,
  otherwise: ActionList | undefined,
): Outbound['dial'] {
  const layers = [context.defaults]
  const settings = settingsOf(layers, context)
  const { attributes, callerId, refer, noProgress, screen } = settings
  return {
    hop: { attributes, callerId, refer, noProgress, screen: screenOf(settings, [], context) },
    leg: typeof screen === 'string' ? { url: screen } : {},
    failoverOn: compileFailoverOn(layers, context),
    otherwise,
  }
}

/**
 * Settings that do not go into the TwiML as they are written: the caller id may hold templates, and dialsip may
 * answer a REFER itself.
 */
const APART = ['callerId', 'referUrl']

const PLAIN = DIAL_ATTRIBUTES.filter(({ name }) => !APART.includes(name))

/** The settings that attributes are made of. */
const NAMES = new Set([...PLAIN.map(({ name }) => name), 'referUrl'])

/** What hops have in common, until one has something next to it. */
interface Settings extends Pick<Hop, 'attributes' | 'callerId' | 'refer' | 'noProgress'> {
  readonly screen: unknown
  readonly layers: readonly Layer[]
}

/** Makes the hops of a dial and notes in `made` where each was written. `layers` are what holds for all of them. */
export function hopMaker(layers: readonly Layer[], made: Item<Hop>[], context: DialContext): MakeHop {
  let ofAll: Settings | undefined
  return function makeHop(endpoints, source, origin) {
    ofAll ??= typeof source === 'string' ? settingsOf(layers, context) : undefined
    const settings = typeof source === 'string' ? ofAll! : ownSettings(source, origin)
    const hop = hopOf(endpoints, settings, context)
    made.push({ value: hop, origin })
    if (!hop.callerId && endpoints.some(({ number }) => number)) context.withoutCallerId.set(hop, origin)
    return hop
  }

  function ownSettings(value: Layer['value'], origin: Origin): Settings {
    lintSettings(value, origin, context)
    return settingsOf([{ value, origin }, ...layers], context)
  }
}

function settingsOf(layers: readonly Layer[], context: DialContext): Settings {
  const callerId = settingIn(layers, 'callerId') as string | undefined
  return {
    attributes: context.attributes.of(layers, NAMES, () => writtenAttributes(layers)),
    callerId:
      callerId === undefined ? undefined : compileCallerId(callerId, placeIn(layers, 'callerId'), context),
    screen: settingIn(layers, 'screen'),
    layers,
    refer: settingIn(layers, 'referUrl') === 'true',
    noProgress: settingIn(layers, 'noProgress') as number | undefined,
  }
}

function writtenAttributes(layers: readonly Layer[]): Attributes {
  const attributes = attributesIn(layers, PLAIN)
  const referUrl = settingIn(layers, 'referUrl') as string | undefined
  return referUrl === undefined || referUrl === 'true' ? attributes : { ...attributes, referUrl }
}

function hopOf(endpoints: readonly Endpoint[], settings: Settings, context: DialContext): Hop {
  const { attributes, callerId, refer } = settings
  const screen = screenOf(settings, endpoints, context)
  const hop: Hop = {
    name: hopName(endpoints.map(({ name }) => name)),
    endpoints: screenedBy(screen, settings.screen, endpoints),
    attributes,
    callerId,
    screen,
    refer,
    noProgress: noProgressOf(settings, endpoints),
  }
  if (hop.noProgress !== undefined) context.withNoProgress.set(hop, placeIn(settings.layers, 'noProgress'))
  return hop
}

/** A phone number takes some seconds to ring, so only a `noProgress` next to the number itself counts. */
function noProgressOf({ noProgress, layers }: Settings, endpoints: readonly Endpoint[]): Hop['noProgress'] {
  if (endpoints.some(({ uri }) => uri)) return noProgress
  return endpoints.length === 1 ? (layers[0]!.value.noProgress as number | undefined) : undefined
}

function screenOf(
  { screen: source, layers }: Settings,
  endpoints: readonly Endpoint[],
  context: DialContext,
): Screen | undefined {
  return source === undefined
    ? undefined
    : compileScreen(source, endpoints, placeIn(layers, 'screen'), context)
}

/** Endpoints of a hop with a screen are copies, since their TwiML differs; other hops share the config's. */
function screenedBy(
  screen: Screen | undefined,
  source: unknown,
  endpoints: readonly Endpoint[],
): readonly Endpoint[] {
  if (typeof source === 'string')
    return endpoints.map((endpoint) => ({ ...endpoint, attributes: { url: source, ...endpoint.attributes } }))
  return screen ? endpoints.map((endpoint) => ({ ...endpoint })) : endpoints
}
