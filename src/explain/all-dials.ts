import { dialsIn } from '../dial/find-dial.js'
import { type ActionList, type Config, type DialAction, hopsIn } from '../model/config.js'

/** Every dial of a config: of the rules, of `default`, of actions, and of what follows by `otherwise`. */
export function allDials(config: Config): DialAction[] {
  const rules = [config, ...config.routes.values()].flatMap((owner) =>
    owner.rules.map((rule) => rule.actions),
  )
  const lists: ActionList[] = [...rules, config.default, ...config.actions.values()]
  return [...new Set(lists.flatMap(dialsIn))]
}

const known = new WeakMap<Config, ReadonlySet<string>>()

/** The names under which something can ring: endpoints, bare URIs and numbers, and hops of several. */
export function ringingNames(config: Config): ReadonlySet<string> {
  const earlier = known.get(config)
  if (earlier) return earlier
  const names = new Set(config.endpoints.keys())
  for (const hop of allDials(config).flatMap(({ steps }) => hopsIn(steps))) {
    names.add(hop.name)
    for (const endpoint of hop.endpoints) names.add(endpoint.name)
  }
  known.set(config, names)
  return names
}
