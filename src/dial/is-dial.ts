import type { Action, DialAction } from '../model/config.js'

export function isDial(action: Action): action is DialAction {
  return action.verb === 'dial'
}
