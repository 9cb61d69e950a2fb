import type { BodySource } from '../actions/schema.js'
import { FINAL_CLASSES, OUTCOME_CLASSES } from '../call/outcome.js'
import { lintProgress, lintRinging } from '../config/compile/progress-lints.js'
import { below, type Item, type Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import { suggest } from '../errors/suggest.js'
import type { ActionList, DialAction, Hop } from '../model/config.js'
import type { DialContext } from './dial-context.js'
import { checkRepeats, lintScreen, lintTimeLimit } from './dial-lints.js'
import { FAILOVER_ON } from './failover.js'
import { compileSteps } from './hops.js'
import { type Layer, placeIn, settingIn } from './layers.js'
import { hopMaker } from './make-hop.js'

/** Nobody is rung after the others, whatever the config says. */
const FAILOVER_CLASSES: readonly string[] = OUTCOME_CLASSES.filter((name) => !FINAL_CLASSES.includes(name))

/** Compiles the `dial` of a body with what stands beside it and under `defaults`. */
export function compileDial(
  body: BodySource,
  id: string,
  otherwise: ActionList | undefined,
  origin: Origin,
  context: DialContext,
): DialAction {
  const layers: Layer[] = [{ value: body, origin }, context.defaults]
  const made: Item<Hop>[] = []
  const list = below(origin, 'dial')
  const entries = body.dial!.map((source, at) => ({ source, beside: body, origin: below(list, at) }))
  const steps = compileSteps(entries, context, hopMaker(layers, made, context))
  const failoverOn = compileFailoverOn(layers, context)
  checkRepeats(steps, failoverOn, made, context.report)
  lintTimeLimit(body, origin, context.report)
  lintScreen(body, origin, context)
  lintProgress(body, origin, context.report)
  lintRinging(layers, FAILOVER_ON, steps, context)
  return { verb: 'dial', id, steps, failoverOn, otherwise }
}

function compileFailoverOn(layers: readonly Layer[], { report }: DialContext): readonly string[] {
  const written = settingIn(layers, 'failoverOn') as readonly string[] | undefined
  for (const [at, entry] of written?.entries() ?? []) {
    if (!isFailover(entry)) report.add(notFailover(entry), below(placeIn(layers, 'failoverOn'), at))
  }
  return written ?? FAILOVER_ON
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
    help: meant ? `write ${meant}` : 'write a class such as unreachable, or a code such as 503',
  }
}
