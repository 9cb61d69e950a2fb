import {
  type ActionList,
  CONFIG_RULES,
  type Config,
  type DialAction,
  type Hop,
  hopsIn,
  isDial,
  type Rule,
} from '../model/config.js'
import type { DialStep, Plan, Resume, Step } from '../model/decision.js'
import { adHocList, isAdHoc } from './ad-hoc.js'
import { fingerprintOf } from './plan.js'

/**
 * The dial that a plan was made from. After a reload it may be elsewhere, so of the dials that the route, the rules
 * of the config and the named actions hold the best likeness wins: the same id and content, the same content, then the
 * same id if it still holds the hop that rang. Undefined when nothing of it is left.
 */
export function findDial(
  config: Config,
  { dial: id, fingerprint, hop, route }: Plan,
): DialAction | undefined {
  const list = listAt(config, id)
  const named = list && dialOf(list)
  if (named && fingerprintOf(named) === fingerprint) return named
  const rules = [...(config.routes.get(route)?.rules ?? []), ...config.rules]
  const lists = [...rules.map(({ actions }) => actions), ...config.actions.values(), config.default]
  const all = lists.flatMap(dialsIn)
  return (
    all.find((dial) => fingerprintOf(dial) === fingerprint) ??
    (named && hopsIn(named.entries).some(({ name }) => name === hop) ? named : undefined)
  )
}

/** The action list of an id such as `berlin`, `berlin/2`, `@@rules/1`, `@voicemail` or `berlin/2/otherwise`. */
export function listAt(config: Config, id: string): ActionList | undefined {
  if (isAdHoc(id)) return adHocList(config, id)
  // first of all, since a rule may be called `otherwise`
  const rule = ruleAt(config, id)
  if (rule) return rule.actions
  if (id.endsWith('/otherwise')) {
    const before = listAt(config, id.slice(0, -'/otherwise'.length))
    return before && dialOf(before)?.otherwise
  }
  if (id === config.default.id) return config.default
  if (id === config.otherwise?.id) return config.otherwise
  if (id.startsWith('@')) return config.actions.get(id.slice(1))
  return config.routes.get(id)?.rules[0]?.actions
}

function ruleAt(config: Config, id: string): Rule | undefined {
  const cut = id.lastIndexOf('/')
  const owner = id.slice(0, cut)
  const rules = owner === CONFIG_RULES ? config.rules : config.routes.get(owner)?.rules
  return rules?.find((rule) => rule.name === id.slice(cut + 1))
}

/** The `<Dial>` of a document, if it has one. */
export function dialStepIn(steps: readonly Step[]): DialStep | undefined {
  return steps.find((step): step is DialStep => step.verb === 'dial')
}

/** Where the actions go on after a document that asks dialsip, such as one that records. */
export function resumeIn(steps: readonly Step[]): Resume | undefined {
  for (const step of steps) if ('resume' in step && step.resume) return step.resume
  return undefined
}

function dialOf(list: ActionList): DialAction | undefined {
  return list.actions.find(isDial)
}

/** The dial that ends a list, and those that follow it by `otherwise`. */
export function dialsIn(list: ActionList): DialAction[] {
  const dial = dialOf(list)
  if (!dial) return []
  return dial.otherwise ? [dial, ...dialsIn(dial.otherwise)] : [dial]
}

/** Every hop that a list leads to, those of `otherwise` included. */
export function hopsOfList(list: ActionList): Hop[] {
  return dialsIn(list).flatMap(({ entries }) => hopsIn(entries))
}

/** Every dial of a config: of the rules, of `default`, of actions, and of what follows by `otherwise`. */
export function allDials(config: Pick<Config, 'rules' | 'routes' | 'default' | 'actions'>): DialAction[] {
  const rules = [config, ...config.routes.values()].flatMap((owner) =>
    owner.rules.map((rule) => rule.actions),
  )
  const lists: ActionList[] = [...rules, config.default, ...config.actions.values()]
  return [...new Set(lists.flatMap(dialsIn))]
}

const namesKnown = new WeakMap<object, ReadonlySet<string>>()

/** The names under which something can ring: endpoints, bare URIs and numbers, and hops of several. */
export function ringingNames(
  config: Parameters<typeof allDials>[0] & Pick<Config, 'endpoints'>,
): ReadonlySet<string> {
  const earlier = namesKnown.get(config)
  if (earlier) return earlier
  const names = new Set(config.endpoints.keys())
  for (const hop of allDials(config).flatMap(({ entries }) => hopsIn(entries))) {
    names.add(hop.name)
    for (const endpoint of hop.endpoints) names.add(endpoint.name)
  }
  namesKnown.set(config, names)
  return names
}

/** A hop by its name: of the dial, or else an endpoint of that name as the config has it. */
export function findHop(config: Config, dial: DialAction | undefined, name: string): Hop | undefined {
  const own = dial && hopsIn(dial.entries).find((hop) => hop.name === name)
  if (own) return own
  const endpoint = config.endpoints.get(name)
  return (
    endpoint && {
      name,
      endpoints: [endpoint],
      attributes: {},
      callerId: undefined,
      screen: undefined,
      refer: false,
      noProgress: undefined,
    }
  )
}
