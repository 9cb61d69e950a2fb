import { dump } from 'js-yaml'
import { elementKind } from '../actions/table.js'
import type { Draft, DraftEntry, DraftRoute, DraftSecret, Written, WrittenBody } from './draft.js'

/** A config as files: the main one, and in a folder those that it includes. */
export type ConfigFiles = ReadonlyMap<string, string>

/** In a folder, a route with more numbers than this has them in `numbers.csv`. */
const MOST_IN_ROUTE = 20
const WIDTH = 110

/** The text of a config in one file, `main`; or in several next to it. */
export function writeConfig(draft: Draft, main: string, inFolder: boolean): ConfigFiles {
  const settings = [
    heading(draft),
    block('publicUrl', draft.publicUrl),
    stateBlock(draft),
    accountsBlock(draft),
  ]
  const endpoints = [
    section('endpoints', draft.endpoints),
    section('groups', draft.groups),
    section('schedules', draft.schedules),
  ]
  const tests = testsBlock(draft)
  if (!inFolder)
    return new Map([[main, joined([...settings, ...endpoints, routesBlock(draft.routes, false), tests])]])
  const rows = draft.routes
    .filter(isLong)
    .flatMap(({ name, to }) => to.map((number) => `${number},${name}\n`))
  const include = ['endpoints.yaml', 'routes.yaml', 'tests.yaml']
  const more = [block('include', include), rows.length > 0 ? block('numbersFrom', 'numbers.csv') : '']
  return new Map([
    ['endpoints.yaml', joined(endpoints)],
    ['routes.yaml', routesBlock(draft.routes, true)],
    ['tests.yaml', tests],
    ...(rows.length > 0 ? [['numbers.csv', `number,route\n${rows.join('')}`] as const] : []),
    [main, joined([...settings, ...more])],
  ])
}

/** The secrets that are in these files, to be set in the environment. */
export function secretsIn(files: ConfigFiles, { secrets }: Draft): DraftSecret[] {
  const texts = [...files.values()]
  return secrets.filter(({ variable }) => texts.some((text) => text.includes(`\${${variable}}`)))
}

function isLong({ to }: DraftRoute): boolean {
  return to.length > MOST_IN_ROUTE
}

function joined(blocks: readonly string[]): string {
  return blocks.filter((text) => text !== '').join('\n')
}

function heading({ comments, findings }: Draft): string {
  const open = findings.filter(({ taken }) => !taken).length
  const lines = [
    `Made by dialsip import from ${comments[0]}`,
    ...comments.slice(1),
    `${findings.length - open} taken, ${open} need you: look for NEEDS YOU, and at docs/import.md`,
  ]
  return lines.map(commented).join('')
}

/** One line, since a line break would end the comment. */
function commented(text: string): string {
  return `# ${text.replace(/[\s\p{Cc}]+/gu, ' ').trimEnd()}\n`
}

/** A key with its value in one line. */
function block(key: string, value: Written): string {
  return yamlOf({ [key]: value }, 1)
}

/** A map, whose values are written in one line from this depth on. */
function yamlOf(value: Written, flowLevel: number): string {
  const text = dump(value, {
    quoteStyle: 'double',
    flowBracketPadding: true,
    noRefs: true,
    lineWidth: -1,
    flowLevel,
  })
  return text.replace(FLOW_LINE, (line) =>
    line.replace(LIST_BRACKET, (found) => (found.startsWith('"') ? found : found.trim())),
  )
}

/** A line whose value is a map or a list. */
const FLOW_LINE = /^ *(?:- )?(?:[^":{[]+: )?[[{].*$/gm
/** A bracket with its padding, which a list has none of here; what is in quotes stays. */
const LIST_BRACKET = /"(?:[^"\\]|\\.)*"|\[ | \]/g

/** Without a Redis, only the replica that heard a phone ring knows whether it was reached. */
function stateBlock({ routes }: Draft): string {
  if (!routes.some(({ body }) => body.failoverOn !== undefined)) return ''
  return commented('with several replicas: the URL of a Redis') + block('state', 'memory')
}

function accountsBlock({ accounts, routes }: Draft): string {
  const rings = routes.some(({ body }) => JSON.stringify(body).includes('"ring":'))
  const comment = rings
    ? commented('several <Sip> ring at once today, so "Enhanced Programmable SIP Features" are on')
    : ''
  const written = accounts.map((account) => ({ ...account, ...(rings && { enhancedSip: true }) }))
  return comment + yamlOf({ accounts: written }, 2)
}

/** A map of named parts, each in a line if it is short. */
function section(key: string, entries: ReadonlyMap<string, DraftEntry>): string {
  if (entries.size === 0) return ''
  const parts = [...entries].map(([name, { value, comments }]) => {
    const short = block(name, value)
    const text = short.length <= WIDTH || typeof value !== 'object' ? short : yamlOf({ [name]: value }, 2)
    return indented(comments.map(commented).join('') + text, '  ', '  ')
  })
  return `${key}:\n${parts.join('')}`
}

function indented(text: string, first: string, other: string): string {
  return text.replace(/^(?=.)/gm, (_at, offset: number) => (offset === 0 ? first : other))
}

/** Keys whose lists have a line for each entry. */
const DEPTHS: Readonly<Record<string, number>> = { action: 2, rules: 3 }

function routesBlock(routes: readonly DraftRoute[], inFolder: boolean): string {
  if (routes.length === 0) return 'routes: []\n'
  const parts = routes.map(({ name, to, account, body, comments }) => {
    const short = to.length <= 4 ? block('to', to) : yamlOf({ to }, -1)
    const keys = [
      block('name', name),
      inFolder && to.length > MOST_IN_ROUTE ? '' : short,
      account === undefined ? '' : block('account', account),
      ...Object.entries(body).map(([key, value]) => yamlOf({ [key]: value }, DEPTHS[key] ?? 1)),
    ]
    const about = indented(comments.map(commented).join(''), '  ', '  ')
    return `\n${about}${indented(keys.join(''), '  - ', '    ')}`
  })
  return `routes:${parts.join('')}`
}

/** A test a route, and one more for what happens when nobody answers: they pin what the source does. */
function testsBlock(draft: Draft): string {
  const tests = draft.routes.flatMap((route) => testsOf(route, draft))
  if (tests.length === 0) return ''
  const parts = tests.map((test) =>
    indented(
      Object.entries(test)
        .map(([key, value]) => block(key, value))
        .join(''),
      '  - ',
      '    ',
    ),
  )
  return `tests:\n${parts.join('')}`
}

/** A test of what a route does, and one of what it does when nobody answers; none where the time decides. */
function testsOf({ name, to, account, body }: DraftRoute, draft: Draft): WrittenBody[] {
  // what depends on the time would need a time of its own
  if (body.rules !== undefined) return []
  const called = to[0]!.replace(/^sip:\*@/, 'sip:100@')
  const call = { to: called, from: '+12025550100', ...(account !== undefined && { account }) }
  const list = [body.action ?? body].flat() as WrittenBody[]
  const { hops, down } = hopsOf(list.at(-1)!, draft)
  const base = { call, ...(down.length > 0 && { down }) }
  const first: WrittenBody = { name: `${name}: today's answer`, ...base }
  if (hops.length === 0) return [{ ...first, expect: { route: name, xpath: pathsOf(list) } }]
  const failing = Object.fromEntries(hops.slice(0, -1).flatMap((hop) => members(hop, '503')))
  const unanswered = Object.fromEntries(members(hops[0]!, 'ringing+timeout'))
  const action = endOf(list.at(-1)!.otherwise!)
  const xpath = { 'count(/Response/Dial)': 1, ...pathsOf(list.slice(0, -1)) }
  const expect = { route: name, dials: hops, action: 'answered', xpath }
  const answered = { ...first, ...(hops.length > 1 && { outcomes: failing }), expect }
  if (action === undefined) return [answered]
  const title = `${name}: nobody answers`
  return [answered, { name: title, ...base, outcomes: unanswered, expect: { dials: [hops[0]!], action } }]
}

/** What each member of a hop comes to. */
function members(hop: string, outcome: string): [string, string][] {
  return hop.split('|').map((member) => [member, outcome])
}

interface PinnedHops {
  /** The hops that ring, by the names that tests have for them. */
  readonly hops: string[]
  /** The others of each split: they are down in the test, since chance decides else. */
  readonly down: string[]
}

function hopsOf({ dial }: WrittenBody, draft: Draft): PinnedHops {
  const found: PinnedHops = { hops: [], down: [] }
  for (const hop of dial === undefined ? [] : [dial].flat()) {
    const group = typeof hop === 'string' ? draft.groups.get(hop) : undefined
    const { hops, down } = group
      ? hopsOf({ dial: group.value }, draft)
      : { hops: [hopName(hop)], down: othersOf(hop) }
    found.hops.push(...hops)
    found.down.push(...down)
  }
  return found
}

function hopName(hop: Written): string {
  if (typeof hop === 'string') return hop
  const { ring, split, number } = hop as { ring?: readonly Written[]; split?: object; number?: string }
  return ring?.map(hopName).join('|') ?? (split ? Object.keys(split)[0]! : number!)
}

function othersOf(hop: Written): string[] {
  return Object.keys((hop as WrittenBody).split ?? {}).slice(1)
}

const LAST = ['reject', 'redirect', 'record', 'hangup']

/** The verb that ends a call which nobody answered, where a test can name it. */
function endOf(otherwise: Written): string | undefined {
  const last = [otherwise].flat().at(-1) as WrittenBody
  return last.dial === undefined ? LAST.find((verb) => last[verb] !== undefined) : undefined
}

/** How many of each element the first document has, and what they say; what follows a recording is in the next one. */
function pathsOf(list: readonly WrittenBody[]): WrittenBody {
  const all = list.flatMap((body) => Object.entries(body))
  const recordAt = all.findIndex(([verb]) => verb === 'record')
  const seen = recordAt < 0 ? all : all.slice(0, recordAt + 1)
  const paths: Record<string, Written> = {}
  for (const [verb, value] of seen) {
    const element = elementKind(verb).element
    const count = seen.filter(([other]) => other === verb).length
    paths[`count(/Response/${element})`] = count
    const text = textOf(value)
    if (count === 1 && verb !== 'reject' && isFixed(text)) paths[`string(/Response/${element})`] = text
    if (verb === 'reject') paths['string(/Response/Reject/@reason)'] = value
  }
  return paths
}

function textOf(value: Written): string {
  const { text, url } = Object(value) as { text?: string; url?: string }
  return typeof value === 'string' ? value : (text ?? url ?? '')
}

/** Whether the TwiML holds a text as it is written. */
function isFixed(text: string): boolean {
  return text !== '' && !/\{\{|\$\{|&/.test(text)
}
