import { HANG_UP } from '../actions/hangup.js'
import {
  type Action,
  type ActionList,
  type Config,
  type DialAction,
  type DialEntry,
  type Endpoint,
  type Hop,
  hopsIn,
  isDial,
  type Rule,
  type Screen,
} from '../model/config.js'
import type { Template } from '../template/template.js'
import {
  conjunctionKey,
  digest,
  type Formula,
  formulas,
  type Keyed,
  type Literal,
  otherAccount,
} from './formula.js'

/** What a route does, ready to be compared: its rules, and the behaviour when none fits. */
export interface Policy {
  readonly rules: readonly PolicyRule[]
  readonly byDefault: Behaviour
  /** For each index of the rules, what happens from there on; equal keys mean the same. One more than rules. */
  readonly restKeys: readonly string[]
}

export interface PolicyRule {
  readonly conditions: readonly Formula[]
  readonly key: string
  readonly behaviour: Behaviour
}

/** Gives the policy of a route, each worked out once; the route '' is for numbers that no route claims. */
export function policies(config: Config): (route: string) => Policy {
  const known = new Map<string, Policy>()
  const ofConfig = rulesOf(config.rules, config)
  return function policyOf(route) {
    const policy = known.get(route) ?? makePolicy(route, ofConfig, config)
    known.set(route, policy)
    return policy
  }
}

function makePolicy(route: string, ofConfig: readonly PolicyRule[], config: Config): Policy {
  const byDefault = behaviourOf(config.default)
  const { accounts, rules: written = [] } = config.routes.get(route) ?? {}
  const rules = rulesOf(written, config)
  const all = config.accounts.map(({ sid }) => sid)
  if (accounts && !all.every((sid) => accounts.includes(sid))) {
    const conditions = [otherAccount(accounts, all)]
    rules.unshift({ conditions, key: conjunctionKey(conditions), behaviour: byDefault })
  }
  rules.unshift(...ofConfig)
  const reachable = rules.slice(
    0,
    rules.findIndex(({ conditions }) => conditions.length === 0) + 1 || undefined,
  )
  return { rules: reachable, byDefault, restKeys: restKeysOf(reachable, byDefault) }
}

function rulesOf(rules: readonly Rule[], config: Config): PolicyRule[] {
  return rules.map(({ conditions: written, actions }) => {
    const conditions = formulas(written, config)
    return { conditions, key: conjunctionKey(conditions), behaviour: behaviourOf(actions) }
  })
}

/** Each key holds the one after it, so they are made from the last to the first. */
function restKeysOf(rules: readonly PolicyRule[], byDefault: Behaviour): string[] {
  const restKeys = [digest(byDefault.key)]
  for (const { conditions, key, behaviour } of rules.toReversed()) {
    // a rule without conditions ends the list, as `default` does
    restKeys.unshift(
      conditions.length === 0 ? digest(behaviour.key) : digest([key, behaviour.key, restKeys[0]]),
    )
  }
  return restKeys
}

/** Every behaviour that a call of the route can get. */
export function behavioursOf({ rules, byDefault }: Policy): Behaviour[] {
  const all = rules.map((rule) => rule.behaviour)
  return rules.at(-1)?.conditions.length === 0 ? all : [...all, byDefault]
}

/** The literals in the conditions of policies, each once, by the thing that they ask. */
export function literalsOf(all: readonly Policy[]): Map<Literal['asks'], Keyed[]> {
  const found = new Map<string, Keyed>()
  for (const policy of all) for (const rule of policy.rules) rule.conditions.forEach(visit)
  const asked = new Map<Literal['asks'], Keyed[]>()
  for (const one of found.values()) {
    const { asks } = one.literal
    asked.set(asks, [...(asked.get(asks) ?? []), one])
  }
  return asked

  function visit(formula: Formula): void {
    if ('literal' in formula) found.set(formula.key, formula)
    else formula.not.forEach(visit)
  }
}

/**
 * What a list of actions does to a call, from the first verb to the end of every failover. Equal keys: no caller and no
 * endpoint can make two lists differ. Names and ids are not in the key: within one config an id leads back to its own
 * list, so what follows a hop or a recording is in the key already.
 */
export interface Behaviour {
  /** Equal keys: the same behaviour, with the same values for the templates. Holds secrets: never shown. */
  readonly key: string
  readonly actions: ActionList
  /** The names in its templates. */
  readonly uses: ReadonlySet<string>
  /** The endpoints that it rings, in the order of their first occurrence; equal behaviours have equally many. */
  readonly endpoints: readonly string[]
  /** Whether the CallSid or the caller chooses among endpoints. */
  readonly isSplit: boolean
  /** Every `failoverOn` entry in it: the outcomes that may matter. */
  readonly failoverOn: readonly string[]
}

/** Works out the behaviour of a list. */
export function behaviourOf(actions: ActionList): Behaviour {
  const endpoints: string[] = []
  const uses = new Set<string>()
  const failoverOn = new Set<string>()
  let isSplit = false
  const key = JSON.stringify(listForm(actions))
  return { key, actions, uses, endpoints, isSplit, failoverOn: [...failoverOn] }

  function listForm(list: ActionList): unknown[] {
    return list.actions.map(actionForm)
  }

  function actionForm(action: Action): unknown {
    if (isDial(action)) return dialForm(action)
    return [action.verb, textForm(action.value), sorted(action.attributes)]
  }

  function dialForm(dial: DialAction): unknown {
    for (const entry of dial.failoverOn) failoverOn.add(entry)
    return [
      dial.entries.flatMap(entryForms),
      // with one hop, what follows is the same whatever the outcome
      hopsIn(dial.entries).length > 1 ? [...new Set(dial.failoverOn)].sort() : [],
      dial.otherwise ? listForm(dial.otherwise) : [actionForm(HANG_UP.action)],
    ]
  }

  /** Names count in a split, which hashes them; of weights only the proportion counts. */
  function entryForms(entry: DialEntry): unknown[] {
    if ('hop' in entry) return [hopForm(entry.hop)]
    if (entry.choices.length < 2) return entry.choices.flatMap(({ hops }) => hops.map(hopForm))
    isSplit = true
    const unit = entry.choices.map(({ weight }) => weight).reduce(greatestCommonDivisor)
    const choices = entry.choices.toSorted(byName)
    return [[entry.by, choices.map(({ name, weight, hops }) => [name, weight / unit, hops.map(hopForm)])]]
  }

  function hopForm({ endpoints: ringing, attributes, callerId, screen, refer, noProgress }: Hop): unknown {
    const own = callerId && textForm(callerId)
    return {
      ringing: ringing.map(endpointForm),
      attributes: sorted(attributes),
      own,
      refer,
      noProgress,
      screen: screen && screenForm(screen),
    }
  }

  function endpointForm({ name, uri, number, attributes, maxCalls }: Endpoint): unknown {
    if (!endpoints.includes(name)) endpoints.push(name)
    for (const template of uri ? [uri.user ?? [], ...uri.headers.map(({ pair }) => pair)] : [])
      textForm(template)
    return { place: endpoints.indexOf(name), uri, number, attributes: sorted(attributes), maxCalls }
  }

  function textForm(text: Template): Template {
    for (const part of text) if (typeof part !== 'string') uses.add(part.name)
    return text
  }
}

/** The text of a screen is filled without the values of the claim (`screenFor` in `decide.ts`), so its names are no `uses`. */
function screenForm(screen: Screen): unknown {
  return { ...screen, attributes: sorted(screen.attributes) }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1
}

/** Attributes by name: their order means nothing. */
export function sorted(attributes: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(attributes).sort()
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
