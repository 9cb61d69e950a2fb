import type { FoundRoutes } from '../../routes/admin/routes.js'

type Rule = FoundRoutes['configRules'][number]
type Route = FoundRoutes['routes'][number]
type List = FoundRoutes['lists'][number]
type Hop = NonNullable<List['dial']>['hops'][number]

/** One line of a box: a hop, one of the endpoints that ring at once in it, or one of those that a split chooses from. */
export interface Rung {
  readonly hop: string
  readonly name: string
  readonly endpoints: readonly string[]
  /** `80 %`: in which share of the calls a split tries it first. */
  readonly share?: string
}

export interface PictureNode {
  readonly id: string
  readonly kind: 'number' | 'route' | 'rule' | 'dial' | 'actions' | 'end'
  /** What it is, in a word. */
  readonly label: string
  readonly title: string
  readonly lines: readonly string[]
  readonly place?: string | undefined
  readonly rungs?: readonly Rung[]
}

export interface PictureEdge {
  readonly id: string
  readonly from: string
  readonly to: string
  /** What leads there: outcome classes, or a word. */
  readonly label: string
}

/** What is drawn of a config: the part that one question is about. Edges of a box are in the order in which they are asked. */
export interface Graph {
  readonly nodes: readonly PictureNode[]
  readonly edges: readonly PictureEdge[]
  /** How many rules are left out. */
  readonly more: number
}

/** What the picture is about. */
export interface PictureSubject {
  /** A called number. */
  readonly to?: string
  /** Only what may ring it. */
  readonly endpoint?: string
  /** Is shown, however many there are before it. */
  readonly rule?: string
}

const [MOST_RULES, MOST_HOPS, MOST_PATTERNS] = [30, 12, 3]
const END = 'end'

/** The picture of some routes: number → route → rules → hops → otherwise. A list of actions is in it once. */
export function graphOf(found: FoundRoutes, { to, endpoint, rule }: PictureSubject): Graph {
  const lists = new Map(found.lists.map((list) => [list.id, list]))
  const nodes = new Map<string, PictureNode>()
  const edges = new Map<string, PictureEdge>()
  /** The first box of each list. */
  const entries = new Map<string, string>()
  let more = 0
  for (const route of found.routes) {
    const start = addNumber(route)
    addRules(found.configRules, start, '@@rules')
    addRoute(route, start)
  }
  if (found.routes.length === 0 && to !== undefined) {
    addRules(found.configRules, addNumber(), '@@rules')
    connect(addNumber(), addList(found.default), 'no route claims it')
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], more }

  function add(node: PictureNode): string {
    if (!nodes.has(node.id)) nodes.set(node.id, node)
    return node.id
  }

  function connect(from: string, to: string, label = ''): void {
    const id = `${from} → ${to}`
    if (!edges.has(id)) edges.set(id, { id, from, to, label })
  }

  function addNumber(route?: Route): string {
    if (to !== undefined) {
      const { compared = [] } = found.number ?? {}
      const lines = compared
        .slice(0, 1)
        .map(({ pattern, says }) => (pattern === to ? says : `${says}: ${pattern}`))
      return add({ id: 'to', kind: 'number', label: 'called', title: to, lines })
    }
    const { name, claims, patterns } = route!
    const [title = 'no number', ...others] = patterns.slice(0, MOST_PATTERNS)
    const rest = claims - 1 - others.length
    const lines = rest > 0 ? [...others, `and ${rest.toLocaleString('en')} more`] : others
    return add({ id: `numbers:${name}`, kind: 'number', label: 'called', title, lines })
  }

  function addRoute({ name, place, rules, override, more: beyond = 0 }: Route, start: string): void {
    const id = add({ id: `route:${name}`, kind: 'route', label: 'route', title: name, lines: [], place })
    connect(start, id)
    if (override) connect(id, addList(override.list), 'set by hand')
    const [only] = rules
    if (only?.rule === '') connect(id, addList(only.list))
    else addRules(rules, id, name)
    more += beyond
    const isOpenEnded = rules.length === 0 || rules.at(-1)!.conditions.length > 0
    if (isOpenEnded && beyond === 0 && endpoint === undefined)
      connect(id, addList(found.default), 'no rule fits')
  }

  function addRules(rules: readonly Rule[], from: string, owner: string): void {
    const asked = endpoint === undefined ? rules : rules.filter(({ list }) => mayRing(list))
    const drawn = asked.filter((one, at) => at < MOST_RULES || one.rule === rule)
    more += asked.length - drawn.length
    for (const one of drawn) connect(from, addRule(one, owner, rules.indexOf(one) + 1))
  }

  function addRule({ rule, conditions, place, list }: Rule, owner: string, at: number): string {
    const isNamed = rule !== String(at)
    const id = add({
      id: `rule:${owner}/${rule}`,
      kind: 'rule',
      label: isNamed ? `rule ${at}` : 'rule',
      title: rule,
      lines: conditions.length > 0 ? conditions : ['every call'],
      place,
    })
    connect(id, addList(list))
    return id
  }

  /** Adds a list of actions and what follows it; gives the first box. */
  function addList(id: string): string {
    const known = entries.get(id)
    if (known !== undefined) return known
    const list = lists.get(id)!
    const { dial } = list
    const said = list.actions.filter(({ verb }) => verb !== 'dial')
    const before = said.length > 0 || !dial ? [add(actionsNode(list, said))] : []
    const dials = dial ? dialNodes(list).map(add) : []
    const [first] = [...before, ...dials] as [string]
    entries.set(id, first)
    if (!dial) return first
    if (before.length > 0) connect(first, dials[0]!)
    for (const [at, one] of dials.slice(1).entries()) connect(dials[at]!, one, dial.failoverOn.join(', '))
    const after = dial.otherwise === undefined ? addEnd() : addList(dial.otherwise)
    for (const one of dials) connect(one, after, 'otherwise')
    return first
  }

  function addEnd(): string {
    return add({ id: END, kind: 'end', label: '', title: 'the call ends', lines: [] })
  }

  function mayRing(id: string): boolean {
    const { dial } = lists.get(id)!
    if (!dial) return false
    const rings = ({ name, endpoints }: Hop) => name === endpoint || endpoints.includes(endpoint!)
    return dial.hops.some(rings) || (dial.otherwise !== undefined && mayRing(dial.otherwise))
  }
}

function actionsNode({ id, place }: List, said: List['actions']): PictureNode {
  const isNamed = /^@[^@]+$/.test(id) && !id.includes('/')
  const [first, ...others] = said.map(({ says }) => says)
  return {
    id: `list:${id}`,
    kind: 'actions',
    label: isNamed ? `action ${id.slice(1)}` : id === '@@default' ? 'default' : 'action',
    title: first ?? 'hangup',
    lines: others,
    place,
  }
}

/** A box for each hop, and one for all that a split chooses from. */
function dialNodes({ id, dial }: List): PictureNode[] {
  const entries: Hop[][] = []
  for (const hop of dial!.hops) {
    const before = entries.at(-1)
    const isSame = hop.split !== undefined && hop.split.step === before?.[0]?.split?.step
    if (isSame) before!.push(hop)
    else entries.push([hop])
  }
  const nodes = entries.map((hops, at) => dialNode(hops, `dial:${id}#${at}`))
  const left = entries.length - MOST_HOPS + (dial!.more ?? 0)
  const rest = { id: `dial:${id}#more`, kind: 'dial', label: '', lines: [], rungs: [] } as const
  return left > 0 ? [...nodes.slice(0, MOST_HOPS), { ...rest, title: `and ${left} more` }] : nodes
}

function dialNode(hops: readonly Hop[], id: string): PictureNode {
  const [{ split, endpoints }] = hops as [Hop]
  const isRing = !split && endpoints.length > 1
  const label = split ? `split by ${split.by}` : isRing ? 'ring at once' : 'dial'
  const weights = hops.reduce((sum, hop) => sum + (hop.split?.weight ?? 0), 0)
  const rungs = hops.map((hop) => ({
    hop: hop.name,
    name: hop.name,
    endpoints: hop.endpoints,
    ...(hop.split && { share: `${Math.round((100 * hop.split.weight) / weights)} %` }),
  }))
  const ringing = endpoints.map((name) => ({ hop: hops[0]!.name, name, endpoints: [name] }))
  return { id, kind: 'dial', label, title: '', lines: [], rungs: isRing ? ringing : rungs }
}

/** Whether there are rules that a picture leaves out, unless they are asked for. */
export function isCut({ configRules, routes }: FoundRoutes): boolean {
  return [configRules, ...routes.map(({ rules }) => rules)].some(({ length }) => length > MOST_RULES)
}

/** The edges that leave each box, in their order. */
export function edgesFrom({ edges }: Pick<Graph, 'edges'>): ReadonlyMap<string, readonly PictureEdge[]> {
  const out = new Map<string, PictureEdge[]>()
  for (const edge of edges) out.set(edge.from, [...(out.get(edge.from) ?? []), edge])
  return out
}
