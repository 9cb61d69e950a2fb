import { allDials } from '../dial/find-dial.js'
import type { Explanation } from '../explain/explanation.js'
import { CONFIG_RULES, type Config, hopsIn } from '../model/config.js'
import { secretMasker } from '../sip/masker.js'

export const COVERED = ['routes', 'rules', 'endpoints', 'hops'] as const

type Kind = (typeof COVERED)[number]

/** How much of one kind the cases reached. */
export interface Covered {
  readonly kind: Kind
  readonly reached: number
  readonly all: number
  /** What no case reached. */
  readonly missed: readonly string[]
}

/** How much of a config the cases reached. */
export interface Coverage {
  readonly kinds: readonly Covered[]
  /** Of everything together, from 0 to 100, rounded down to a tenth: 100 means all. */
  readonly percent: number
}

/** The name under which the list of routes has `default`, which takes the calls that no route or rule takes. */
const DEFAULT = 'default'

/** Works out what the cases reached: routes and `default`, rules, endpoints, and the hops of every dial. */
export function coverage(config: Config, explanations: readonly Explanation[]): Coverage {
  const all = everything(config)
  const reached = new Set(explanations.flatMap(reachedBy))
  const kinds = COVERED.map((kind) => {
    const missed = all[kind].filter((name) => !reached.has(`${kind} ${name}`))
    return { kind, all: all[kind].length, reached: all[kind].length - missed.length, missed }
  })
  const sum = (key: 'all' | 'reached') => kinds.reduce((total, one) => total + one[key], 0)
  return { kinds, percent: Math.floor((sum('reached') / sum('all')) * 1000) / 10 }
}

function everything(config: Config): Record<Kind, string[]> {
  const mask = secretMasker(config.secrets)
  const hops = allDials(config).flatMap((dial) =>
    hopsIn(dial.entries).map(({ name }) => `${dial.id} → ${mask(name)}`),
  )
  const routes = [...config.routes.values()]
  return {
    routes: [...routes.map(({ name }) => name), DEFAULT],
    rules: [{ name: CONFIG_RULES, rules: config.rules }, ...routes].flatMap(({ name, rules }) =>
      rules.flatMap((rule) => (rule.name === undefined ? [] : `${name}/${rule.name}`)),
    ),
    endpoints: [...config.endpoints.keys()],
    hops: [...new Set(hops)],
  }
}

function reachedBy({ route, rule, rules, steps }: Explanation): string[] {
  const hops = steps.flatMap(({ hop }) => hop ?? [])
  const byDefault = rule === '' && (route === '' || rules.length > 0)
  const owner = route === '' ? CONFIG_RULES : route
  return [
    `routes ${route}`,
    `rules ${owner}/${rule}`,
    ...(byDefault ? [`routes ${DEFAULT}`] : []),
    ...hops.flatMap(({ targets }) => targets.map(({ endpoint }) => `endpoints ${endpoint}`)),
    ...hops.map(({ dial, name }) => `hops ${dial} → ${name}`),
  ]
}
