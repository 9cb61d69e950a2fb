import { lintProgress } from '../config/compile/progress-lints.js'
import type { Item, Origin } from '../errors/origin.js'
import type { Attributes, Endpoint, Hop, Screen } from '../model/config.js'
import { DIAL_ATTRIBUTES } from '../twilio/attributes.js'
import { compileCallerId } from './caller-id.js'
import type { DialContext } from './dial-context.js'
import { lintScreen, lintTimeLimit } from './dial-lints.js'
import type { MakeHop } from './hops.js'
import { attributesIn, type Layer, placeIn, settingIn } from './layers.js'
import { compileScreen } from './screen.js'

/** They are not written as they stand: the caller id may hold templates, a REFER may be answered by dialsip. */
const APART = ['callerId', 'referUrl']

const PLAIN = DIAL_ATTRIBUTES.filter(({ name }) => !APART.includes(name))

/** The settings that attributes are made of. */
const NAMES = new Set([...PLAIN.map(({ name }) => name), 'referUrl'])

/** What hops have in common, unless something stands beside one of them. */
interface Settings extends Pick<Hop, 'attributes' | 'callerId' | 'refer'> {
  readonly screen: unknown
  readonly layers: readonly Layer[]
}

/** Makes the hops of a dial and notes in `made` where each stands. `layers` are what holds for all of them. */
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
    lintTimeLimit(value, origin, context.report)
    lintScreen(value, origin, context)
    lintProgress(value, origin, context.report)
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
  }
}

function writtenAttributes(layers: readonly Layer[]): Attributes {
  const attributes = attributesIn(layers, PLAIN)
  const referUrl = settingIn(layers, 'referUrl') as string | undefined
  return referUrl === undefined || referUrl === 'true' ? attributes : { ...attributes, referUrl }
}

function hopOf(
  endpoints: readonly Endpoint[],
  { attributes, callerId, screen: source, layers, refer }: Settings,
  context: DialContext,
): Hop {
  const screen =
    source === undefined ? undefined : compileScreen(source, endpoints, placeIn(layers, 'screen'), context)
  return {
    name: endpoints.length === 1 ? endpoints[0]!.name : endpoints.map(({ name }) => name).join('|'),
    endpoints: screenedBy(screen, source, endpoints),
    attributes,
    callerId,
    screen,
    refer,
  }
}

/** Hops share their endpoints, unless something is heard there first: the element of such an endpoint is its own. */
function screenedBy(
  screen: Screen | undefined,
  source: unknown,
  endpoints: readonly Endpoint[],
): readonly Endpoint[] {
  if (typeof source === 'string')
    return endpoints.map((endpoint) => ({ ...endpoint, attributes: { url: source, ...endpoint.attributes } }))
  return screen ? endpoints.map((endpoint) => ({ ...endpoint })) : endpoints
}
