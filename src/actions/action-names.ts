import { below, type Origin } from '../errors/origin.js'
import type { NamedReference } from '../model/named-references.js'
import type { ActionContext } from './action-context.js'
import type { ActionsSource } from './schema.js'

/** Where a named list names other lists, also by `action` and `otherwise`. */
export function actionsWithin(name: string, { actions }: Pick<ActionContext, 'actions'>): NamedReference[] {
  const { value, origin } = actions.get(name)!
  return namesIn(value, origin).filter(({ to }) => actions.has(to))
}

function namesIn(source: ActionsSource, origin: Origin): NamedReference[] {
  return source.flatMap((entry, at) => {
    const here = below(origin, at)
    if (typeof entry === 'string') return { to: entry, origin: here }
    return [
      ...namesIn(entry.otherwise ?? [], below(here, 'otherwise')),
      ...namesIn(entry.action ?? [], below(here, 'action')),
    ]
  })
}
