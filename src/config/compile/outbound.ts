import { cannotBeCallerId } from '../../dial/caller-id.js'
import { compileGroup, compileOutboundDial } from '../../dial/dial.js'
import { below, type Item } from '../../errors/origin.js'
import type { Outbound } from '../../model/config.js'
import { CALLER_ID } from '../../sip/grammar.js'
import { Report } from '../report.js'
import type { OutboundSource } from '../schema/root.js'
import type { Context } from './build-context.js'

/** What the file says of outbound calls, and what their dials have by `defaults`. */
export function compileOutbound(
  written: Item<OutboundSource | undefined> | undefined,
  context: Context,
): Outbound {
  const { cps = 1, from } = written?.value ?? {}
  if (from !== undefined && !CALLER_ID.test(from))
    context.report.add(cannotBeCallerId(from), below(written!.origin, 'from'))
  // errors of `defaults` and of groups are reported where a route dials, so those found here are dropped
  const apart = { ...context, report: new Report() }
  const groups = new Map([...context.groups.keys()].map((name) => [name, compileGroup(name, apart)]))
  return { cps, from, dial: compileOutboundDial(apart, context.defaultOtherwise()), groups }
}
