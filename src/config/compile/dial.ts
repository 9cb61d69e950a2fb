import { FINAL_CLASSES, OUTCOME_CLASSES } from '../../call/outcome.js'
import type { Problem } from '../../fault/problem.js'
import { suggest } from '../../fault/suggest.js'
import type { Attribute } from '../../twilio/attribute.js'
import { DIAL_ATTRIBUTES, SIP_ATTRIBUTES } from '../../twilio/attributes.js'
import type { ActionList, Attributes, DialAction, Endpoint, Hop } from '../config.js'
import type { BodySource } from '../schema/action.js'
import type { HopSource } from '../schema/dial.js'
import { below, type Origin } from '../source.js'
import { compileCallerId } from './caller-id.js'
import { attributesOf, type Context } from './context.js'
import { isAddress } from './hop-keys.js'
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
  checkBeside(body, origin, context)
  const entries = body.dial!.map((source, at) => ({
    source,
    beside: body,
    origin: below(origin, 'dial', at),
  }))
  const steps = compileSteps(entries, context, makeHop)
  return { verb: 'dial', id, steps, failoverOn: compileFailoverOn(settings, origin, context), otherwise }

  function makeHop(endpoints: readonly Endpoint[], source: string | HopSource, at: Origin): Hop {
    const own = typeof source === 'string' ? settings : { ...settings, ...definedOnly(source) }
    const { callerId: _, referUrl, ...attributes } = attributesOf(own, DIAL_ATTRIBUTES)
    const refer = referUrl === 'true'
    const document: Attributes = typeof own.screen === 'string' ? { url: own.screen } : {}
    return {
      name: endpoints.map((endpoint) => endpoint.name).join('|'),
      endpoints: endpoints.map((endpoint) => ({
        ...endpoint,
        attributes: { ...document, ...endpoint.attributes },
      })),
      attributes: { ...attributes, ...(referUrl && !refer && { referUrl }) },
      callerId: compileCallerId(own.callerId as string | undefined, at, context),
      screen: compileScreen(own.screen, endpoints, at, context),
      refer,
    }
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
    if (!isFailover(entry)) report.add(notFailover(entry), below(origin, 'failoverOn', at))
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

const SIP_KEYS = [
  'region',
  'edge',
  'headers',
  ...SIP_ATTRIBUTES.map((attribute: Attribute) => attribute.name),
]

/** What belongs to a SIP leg may stand beside a dial only if the dial holds a bare SIP URI. */
function checkBeside(body: BodySource, origin: Origin, { report }: Context): void {
  const bare = body.dial!.some((entry) =>
    typeof entry === 'string'
      ? isAddress(entry)
      : entry.uri || entry.ring?.some((member) => typeof member === 'string' && isAddress(member)),
  )
  if (bare) return
  for (const key of SIP_KEYS.filter((name) => body[name] !== undefined)) {
    report.add(
      {
        code: 'conflicting-keys',
        message: `${key} beside dial holds for bare SIP URIs, and this dial has none`,
        expected: `${key} at the endpoint`,
        found: key,
        cure: `move ${key} to the endpoint that it is meant for`,
      },
      below(origin, key),
      'key',
    )
  }
}
