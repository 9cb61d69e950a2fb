import { withoutPasswords } from '../sip/passwords.js'
import { endpointName, endpointUri } from './destinations.js'
import { Draft, type Written, type WrittenBody } from './draft.js'
import { readTwiml } from './read-twiml.js'
import { summed } from './twilio-account.js'

/** What a file cannot say by itself. */
export interface OfflineOptions {
  readonly publicUrl: string
  /** The numbers whose calls are meant; the first for the first route, and so on. */
  readonly to: readonly string[]
  /** The time zone of an Asterisk that names none. */
  readonly timezone: string | undefined
}

/** A file knows no Twilio account. */
export const OFFLINE_ACCOUNT: readonly WrittenBody[] = [
  { sid: '${TWILIO_ACCOUNT_SID}', authTokens: ['${TWILIO_AUTH_TOKEN}'] as readonly Written[] },
]

interface GivenNumber {
  readonly to: string
  /** Whether a person named it; else it is a number that nobody has. */
  readonly given: boolean
  readonly why: string
}

/** The next number for each route that has none of its own: those of `--to`, then numbers that nobody has. */
export function numberSource({ to }: OfflineOptions): () => GivenNumber {
  let at = 0
  return () => {
    const given = to[at]
    const made = `+1202555${String(100 + at).padStart(4, '0')}`
    at += 1
    if (given !== undefined) return { to: given, given: true, why: `calls to ${given}` }
    return {
      to: made,
      given: false,
      why: `which numbers are meant is not in the file; put them in place of ${made}, or give --to`,
    }
  }
}

/** One TwiML document: what it does, with what is lost said next to it. */
export function draftOfTwiml(xml: string, file: string, options: OfflineOptions): Draft {
  const draft = new Draft(options.publicUrl, OFFLINE_ACCOUNT, [`TwiML ${file}`])
  const { body, lost, notes } = readTwiml(xml, { draft, base: undefined, where: file })
  const found = { kind: 'TwiML', subject: file, docs: 'docs/import.md#twiml' }
  const problem = draft.problem(body)
  if (problem !== undefined) {
    draft.prune()
    draft.findings.push({ ...found, taken: false, route: '', why: [...lost, problem].join('; ') })
    return draft
  }
  const { to, given, why } = numberSource(options)()
  const said = [...lost.map((what) => `lost: ${what}`), ...notes.map((note) => `note: ${note}`)]
  const comments = [...(given ? [] : [`NEEDS YOU: ${why}`]), ...said]
  const route = draft.route({ name: 'twiml', to, account: undefined, body, comments })
  draft.findings.push({ ...found, taken: given && lost.length === 0, route, why: [why, ...said].join('; ') })
  return draft
}

interface Destination {
  readonly line: number
  readonly set: string
  readonly uri: string
  readonly flags: number
  readonly priority: number
  readonly attributes: ReadonlyMap<string, string>
}

/** A destination that is switched off: INACTIVE 1 and DISABLED 4 (Kamailio's dispatcher module, "flags"). */
const OFF = 1 | 4

/** Attributes that mean something here; others are said to be lost. */
const KNOWN = ['weight', 'rweight', 'maxload', 'duid']

const DISPATCHER_DOCS = 'docs/import.md#a-kamailio-dispatcher-list'

/** Kamailio's `dispatcher.list`, a group for each set: `set uri flags priority attributes`, a line each. */
export function draftOfDispatcher(text: string, file: string, options: OfflineOptions): Draft {
  const draft = new Draft(options.publicUrl, OFFLINE_ACCOUNT, [
    `Kamailio dispatcher list ${file}`,
    'Which algorithm picks from a set is in kamailio.cfg: here the highest priority is first, the same priority by weight.',
  ])
  const numbers = numberSource(options)
  const destinations = text.split(/\r?\n/).flatMap((line, at) => destinationOf(line, at + 1, draft))
  for (const set of new Set(destinations.map((one) => one.set)))
    takeSet(
      set,
      destinations.filter((one) => one.set === set),
      draft,
      numbers,
    )
  return draft
}

function destinationOf(written: string, line: number, draft: Draft): Destination[] {
  const text = written.replace(/(^|\s)#.*$/, '').trim()
  if (text === '') return []
  const [set = '', uri = '', flags = '0', priority = '0', ...attributes] = text.split(/\s+/)
  const numbers = [flags, priority].map(Number)
  if (/^\d+$/.test(set) && /^sips?:/i.test(uri) && numbers.every(Number.isInteger))
    return [
      {
        line,
        set,
        uri,
        flags: numbers[0]!,
        priority: numbers[1]!,
        attributes: attributesOf(attributes.join(';')),
      },
    ]
  draft.findings.push({
    kind: 'line',
    subject: String(line),
    taken: false,
    route: '',
    why: 'a destination is a set, a SIP URI, flags, priority and attributes',
    docs: DISPATCHER_DOCS,
  })
  return []
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(';').map((pair) => pair.split('=') as [string, string?])
  return new Map(pairs.filter(([name]) => name !== '').map(([name, value = '']) => [name, value]))
}

function takeSet(
  set: string,
  all: readonly Destination[],
  draft: Draft,
  numbers: ReturnType<typeof numberSource>,
): void {
  const on = all.filter(({ flags }) => (flags & OFF) === 0)
  const notes = [
    ...all
      .filter((one) => !on.includes(one))
      .map(({ uri, flags }) => `lost: ${withoutPasswords(uri)} is switched off (flags ${flags})`),
    ...on
      .filter(({ attributes }) => attributes.get('weight') === '0')
      .map(({ uri }) => `note: ${withoutPasswords(uri)} has weight 0, and 1 here`),
    ...on.flatMap(({ uri, attributes }) =>
      [...attributes.keys()]
        .filter((name) => !KNOWN.includes(name))
        .map((name) => `lost: ${name} of ${withoutPasswords(uri)}`),
    ),
  ]
  const found = { kind: 'set', subject: set, docs: DISPATCHER_DOCS }
  const name = draft.nameFor(`set-${set}`)
  draft.groups.set(name, { value: hopsOf(on, draft), comments: [`set ${set}`] })
  const body = { dial: name, failoverOn: ['unreachable', 'serverError'], otherwise: { reject: 'busy' } }
  const problem = on.length === 0 ? 'all its destinations are switched off' : draft.problem(body)
  if (problem !== undefined) {
    draft.prune()
    draft.findings.push({ ...found, taken: false, route: '', why: problem })
    return
  }
  const { to, given, why } = numbers()
  const comments = [...(given ? [] : [`NEEDS YOU: ${why}`]), ...notes]
  const route = draft.route({ name: `${name}-calls`, to, account: undefined, body, comments })
  draft.findings.push({ ...found, taken: given, route, why: [why, ...notes].join('; ') })
}

/** The highest priority first (algorithm 8); the same priority by weight (algorithm 9). */
function hopsOf(destinations: readonly Destination[], draft: Draft): Written {
  const priorities = [...new Set(destinations.map(({ priority }) => priority))].sort((a, b) => b - a)
  return priorities.map((priority) => {
    const same = destinations.filter((one) => one.priority === priority)
    const named = same.map((one) => [endpointOf(one, draft), weightOf(one)] as const)
    return named.length === 1 ? named[0]![0] : { split: summed(named) }
  })
}

function weightOf({ attributes }: Destination): number {
  return Math.max(1, Number(attributes.get('weight') ?? attributes.get('rweight') ?? 1) || 1)
}

function endpointOf({ uri, line, attributes }: Destination, draft: Draft): string {
  const maxCalls = Number(attributes.get('maxload') ?? 0)
  const value = {
    uri: endpointUri(uri, draft),
    ...(maxCalls > 0 && { maxCalls }),
  }
  return draft.endpoint(attributes.get('duid') ?? endpointName(uri), value, `line ${line}`)
}
