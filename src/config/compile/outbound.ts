import { CALLER_ID } from '../../sip/caller-id.js'
import type { Outbound } from '../config.js'
import { Report } from '../report.js'
import type { OutboundSource } from '../schema/root.js'
import type { Item } from '../shape.js'
import { below, type Origin } from '../source.js'
import { cannotBeCallerId } from './caller-id.js'
import type { Context } from './context.js'
import { compileDial } from './dial.js'

/** Any address will do: the hop is only the pattern for the hops of outbound calls. */
const PATTERN = { dial: ['sip:outbound@example.com'] }

/** What the file says of outbound calls, and what their dials have by `defaults`. */
export function compileOutbound(
  written: Item<OutboundSource | undefined> | undefined,
  context: Context,
): Outbound {
  const { cps = 1, from } = written?.value ?? {}
  if (from !== undefined && !CALLER_ID.test(from))
    context.report.add(cannotBeCallerId(from), below(written!.origin, 'from'))
  return { cps, from, dial: compilePattern(context.defaults.origin, context) }
}

/** Faults of `defaults` are reported where a route dials, so those of the pattern are dropped. */
function compilePattern(origin: Origin, context: Context): Outbound['dial'] {
  const apart = { ...context, report: new Report() }
  return compileDial(PATTERN, '@outbound', context.defaultOtherwise(), origin, apart)
}
