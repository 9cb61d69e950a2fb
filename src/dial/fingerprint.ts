import { createHash } from 'node:crypto'
import type { DialAction, DialEntry } from '../model/config.js'

const marks = new WeakMap<DialAction, string>()

/**
 * Eight hex digits that tell dials apart by what they consist of: hops by name, failover classes and `otherwise`.
 * A plan finds its dial by them when rules were moved or renamed while the call rang. Attributes do not count: a
 * changed timeout makes no other dial.
 */
export function fingerprintOf(dial: DialAction): string {
  const known = marks.get(dial)
  if (known !== undefined) return known
  const parts = [
    dial.steps.map(stepText),
    dial.failoverOn,
    dial.otherwise?.actions.map((action) => action.verb),
  ]
  const mark = createHash('sha1').update(JSON.stringify(parts)).digest('hex').slice(0, 8)
  marks.set(dial, mark)
  return mark
}

function stepText(step: DialEntry): unknown {
  return 'hop' in step ? step.hop.name : step.choices.map(({ name, weight }) => [name, weight])
}
