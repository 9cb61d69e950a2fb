import type { Config, Rule } from '../model/config.js'
import { type Behaviour, behaviourOf } from './behaviour.js'
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
