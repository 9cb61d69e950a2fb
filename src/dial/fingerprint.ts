import { createHash } from 'node:crypto'
import type { Action, DialAction, DialEntry } from '../model/config.js'
import { templateText } from '../template/template.js'

const marks = new WeakMap<DialAction, string>()

/**
 * Eight hex digits that tell dials apart by what they consist of: hops by name, failover classes and what `otherwise`
 * says and does. A plan finds its dial by them when rules were moved or renamed while the call rang. Attributes do not
 * count: a changed timeout makes no other dial.
 */
export function fingerprintOf(dial: DialAction): string {
  const known = marks.get(dial)
  if (known !== undefined) return known
  const parts = [dial.steps.map(stepText), dial.failoverOn, dial.otherwise?.actions.map(actionText)]
  const mark = createHash('sha1').update(JSON.stringify(parts)).digest('hex').slice(0, 8)
  marks.set(dial, mark)
  return mark
}

function actionText(action: Action): readonly string[] {
  if ('steps' in action) return [action.verb, fingerprintOf(action)]
  const text = templateText(action.value)
  return text === '' ? [action.verb] : [action.verb, text]
}

function stepText(step: DialEntry): unknown {
  return 'hop' in step ? step.hop.name : step.choices.map(({ name, weight }) => [name, weight])
}
