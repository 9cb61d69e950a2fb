import { DIAL_ATTRIBUTES } from '../../twilio/attributes.js'
import type { Attributes, Endpoint, Hop, Screen } from '../config.js'
import type { Item } from '../shape.js'
import type { Origin } from '../source.js'
import { compileCallerId } from './caller-id.js'
import type { Context } from './context.js'
import { lintScreen, lintTimeLimit } from './dial-lints.js'
import type { MakeHop } from './hops.js'
import { attributesIn, type Layer, placeIn, settingIn } from './layers.js'
import { compileScreen } from './screen.js'

/** They are not written as they stand: the caller id may hold templates, a REFER may be answered by dialsip. */
const APART = ['callerId', 'referUrl']

const PLAIN = DIAL_ATTRIBUTES.filter(({ name }) => !APART.includes(name))

/** What hops have in common, unless something stands beside one of them. */
interface Settings extends Pick<Hop, 'attributes' | 'callerId' | 'refer'> {
  readonly screen: unknown
  readonly screenPlace: Origin
}

/** Makes the hops of a dial and notes in `made` where each stands. `layers` are what holds for all of them. */
export function hopMaker(layers: readonly Layer[], made: Item<Hop>[], context: Context): MakeHop {
  let ofAll: Settings | undefined
  return function makeHop(endpoints, source, origin) {
    ofAll ??= typeof source === 'string' ? settingsOf(layers, context) : undefined
    const settings = typeof source === 'string' ? ofAll! : ownSettings(source, origin)
    const hop = hopOf(endpoints, settings, context)
    made.push({ value: hop, origin })
    if (!hop.callerId && endpoints.some(({ number }) => number)) context.withoutCallerId.set(hop, origin)
    return hop
  }

  function ownSettings(values: Layer['values'], origin: Origin): Settings {
    lintTimeLimit(values, origin, context.report)
    lintScreen(values, origin, context)
    return settingsOf([{ values, origin }, ...layers], context)
  }
}

function settingsOf(layers: readonly Layer[], context: Context): Settings {
  const referUrl = settingIn(layers, 'referUrl') as string | undefined
  const refer = referUrl === 'true'
  const attributes = attributesIn(layers, PLAIN)
  const callerId = settingIn(layers, 'callerId') as string | undefined
  return {
    attributes: once(referUrl && !refer ? { ...attributes, referUrl } : attributes, context),
    callerId:
      callerId === undefined ? undefined : compileCallerId(callerId, placeIn(layers, 'callerId'), context),
    screen: settingIn(layers, 'screen'),
    screenPlace: placeIn(layers, 'screen'),
    refer,
  }
}

/** A thousand dials with the same attributes hold them once. */
function once(attributes: Attributes, { attributes: known }: Context): Attributes {
  const text = JSON.stringify(attributes)
  const same = known.get(text)
  if (!same) known.set(text, attributes)
  return same ?? attributes
}

function hopOf(
  endpoints: readonly Endpoint[],
  { attributes, callerId, screen: source, screenPlace, refer }: Settings,
  context: Context,
): Hop {
  const screen = compileScreen(source, endpoints, screenPlace, context)
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
