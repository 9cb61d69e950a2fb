import { FINAL_CLASSES, OUTCOME_CLASSES } from '../../call/outcome.js'
import type { Problem } from '../../fault/problem.js'
import { suggest } from '../../fault/suggest.js'
import { DIAL_ATTRIBUTES } from '../../twilio/attributes.js'
import type { ActionList, Attributes, DialAction, Endpoint, Hop } from '../config.js'
import type { BodySource } from '../schema/action.js'
import type { HopSource } from '../schema/dial.js'
import { below, type Origin } from '../source.js'
import { compileCallerId } from './caller-id.js'
import { attributesOf, type Context } from './context.js'
import { checkRepeats, lintScreen, lintTimeLimit } from './dial-lints.js'
import { compileSteps } from './hops.js'
import { compileScreen } from './screen.js'

/** Tried again elsewhere unless told otherwise: the endpoint could not take the call, nobody decided about it. */
const FAILOVER_ON = ['unreachable', 'serverError', 'rejected']

/** Nobody is rung after the others, whatever the config says. */
const FAILOVER_CLASSES: readonly string[] = OUTCOME_CLASSES.filter((name) => !FINAL_CLASSES.includes(name))

/** Compiles the `dial` of a body with what stands beside it and under `defaults`. */
export function compileDial(
  body: BodySource,
  id: string,
  otherwise: ActionList | undefined,
  origin: Origin,
  context: Context,
): DialAction {
  const settings = { ...context.defaults.value, ...definedOnly(body) }
  const entries = body.dial!.map((source, at) => ({
    source,
    beside: body,
    origin: below(origin, 'dial', at),
  }))
  const steps = compileSteps(entries, context, makeHop)
  checkRepeats(steps, context)
  lintTimeLimit(body, origin, context.report)
  lintScreen(body, origin, context)
  const failoverOn = compileFailoverOn(settings, placeOf('failoverOn'), context)
  return { verb: 'dial', id, steps, failoverOn, otherwise }

  /** Where a setting of the dial was written: beside it, or under `defaults`. */
  function placeOf(key: string): Origin {
    return below(body[key] === undefined ? context.defaults.origin : origin, key)
  }

  function makeHop(endpoints: readonly Endpoint[], source: string | HopSource, at: Origin): Hop {
    const beside = typeof source === 'string' ? {} : definedOnly(source)
    const own: Record<string, unknown> = { ...settings, ...beside }
    const place = (key: string) => (key in beside ? below(at, key) : placeOf(key))
    const { callerId: _, referUrl, ...attributes } = attributesOf(own, DIAL_ATTRIBUTES)
    const refer = referUrl === 'true'
    lintTimeLimit(source, at, context.report)
    lintScreen(beside, at, context)
    const document: Attributes = typeof own.screen === 'string' ? { url: own.screen } : {}
    const hop: Hop = {
      name: endpoints.map((endpoint) => endpoint.name).join('|'),
      endpoints: endpoints.map((endpoint) => ({
        ...endpoint,
        attributes: { ...document, ...endpoint.attributes },
      })),
      attributes: { ...attributes, ...(referUrl && !refer && { referUrl }) },
      callerId: compileCallerId(own.callerId as string | undefined, place('callerId'), context),
      screen: compileScreen(own.screen, endpoints, place('screen'), context),
      refer,
    }
    context.places.set(hop, at)
    return hop
  }
}

function definedOnly(source: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined))
}

function compileFailoverOn(
  settings: Readonly<Record<string, unknown>>,
  origin: Origin,
  { report }: Context,
): string[] {
  const written = (settings.failoverOn as string[] | undefined) ?? FAILOVER_ON
  for (const [at, entry] of written.entries()) {
    if (!isFailover(entry)) report.add(notFailover(entry), below(origin, at))
  }
  return written
}

function isFailover(entry: string): boolean {
  return FAILOVER_CLASSES.includes(entry) || /^[3-6]\d\d$/.test(entry)
}

function notFailover(found: string): Problem {
  const meant = suggest(found, FAILOVER_CLASSES)
  return {
    code: 'failover-class',
    message: `"${found}" is neither an outcome class nor a SIP code${meant ? `; did you mean "${meant}"?` : ''}`,
    expected: `${FAILOVER_CLASSES.join(', ')}, or a SIP code from 300 to 699`,
    found,
    cure: meant ? `write ${meant}` : 'write a class such as unreachable, or a code such as 503',
  }
}
