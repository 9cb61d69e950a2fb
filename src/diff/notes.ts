import type { Config } from '../model/config.js'
import { withoutPasswords } from '../sip/passwords.js'
import type { Pair } from './pairs.js'
import { behavioursOf, type Policy } from './policy.js'

interface Side {
  readonly config: Config
  readonly policyOf: (route: string) => Policy
}

/** Names that changed without a call noticing: of routes whose calls are treated the same, and of their endpoints. */
export function notesOf(pairs: readonly Pair[], before: Side, after: Side): string[] {
  const routes = new Set<string>()
  const endpoints = new Set<string>()
  for (const pair of pairs) {
    const [old, other] = [before.policyOf(pair.old), after.policyOf(pair.new)]
    if (old.rests[0] !== other.rests[0]) continue
    if (isRenamed(pair.old, pair.new, before.config.routes, after.config.routes))
      routes.add(`route ${pair.old} is now called ${pair.new}`)
    for (const [name, name2] of endpointsOf(old, other)) {
      if (name !== name2)
        endpoints.add(withoutPasswords(`endpoint ${name} is now called ${name2}; its health is counted anew`))
    }
  }
  return [...routes, ...endpoints]
}

function isRenamed(
  old: string,
  other: string,
  before: ReadonlyMap<string, unknown>,
  after: typeof before,
): boolean {
  return before.has(old) && after.has(other) && !after.has(old) && !before.has(other)
}

/** Equal behaviours name as many endpoints, in the same order. */
function endpointsOf(old: Policy, other: Policy): [string, string][] {
  const others = new Map(behavioursOf(other).map((behaviour) => [behaviour.key, behaviour.endpoints]))
  return behavioursOf(old).flatMap(({ key, endpoints }) =>
    endpoints.map((name, place): [string, string] => [name, others.get(key)![place]!]),
  )
}
