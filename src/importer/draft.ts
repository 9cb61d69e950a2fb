import { basename } from 'node:path'
import type { ConfigSource } from '../config/config-source.js'
import { loadConfig } from '../config/load.js'
import { isError } from '../errors/print.js'

/** A value of a config as it is written: text, number, boolean, list or map. */
export type Written = string | number | boolean | readonly Written[] | { readonly [key: string]: Written }

/** What a route does, in the words of the config language. */
export type WrittenBody = Readonly<Record<string, Written>>

/** A part of a config under its name, with the comments that are written above it. */
export interface DraftEntry {
  readonly value: Written
  readonly comments: readonly string[]
}

export interface DraftRoute {
  readonly name: string
  readonly to: string[]
  readonly account: string | undefined
  readonly body: WrittenBody
  /** Where it is from, and what is lost. */
  readonly comments: string[]
}

/** What became of one thing of the source: a number, a SIP domain, a set. */
export interface ImportFinding {
  /** `number`, `SIP domain` … */
  readonly kind: string
  readonly subject: string
  readonly taken: boolean
  /** The route that has it; empty when none does. */
  readonly route: string
  /** Where it is from, or what a person must see to. */
  readonly why: string
  /** A page of the manual. */
  readonly docs: string
}

/** A secret that the source holds and the config must not. */
export interface DraftSecret {
  readonly variable: string
  readonly where: string
}

interface NewRoute extends Omit<DraftRoute, 'to' | 'comments'> {
  readonly to: string
  readonly comments: readonly string[]
}

/** A config in the making, and what became of each thing that it is made from. */
export class Draft {
  readonly endpoints = new Map<string, DraftEntry>()
  readonly groups = new Map<string, DraftEntry>()
  readonly schedules = new Map<string, DraftEntry>()
  readonly routes: DraftRoute[] = []
  readonly findings: ImportFinding[] = []
  readonly secrets: DraftSecret[] = []
  readonly #names = new Set<string>()
  /** By secret. */
  readonly #variables = new Map<string, string>()
  /** Names of endpoints by what they mean. */
  readonly #known = new Map<string, string>()

  constructor(
    readonly publicUrl: string,
    readonly accounts: readonly WrittenBody[],
    /** The top of the file: where all of it is from. */
    readonly comments: readonly string[],
  ) {}

  /** The name of the endpoint with these settings: a new one, or the one that is there already. */
  endpoint(wanted: string, value: WrittenBody, comment: string): string {
    const meaning = JSON.stringify(value)
    const known = this.#known.get(meaning)
    if (known !== undefined) return known
    const name = this.nameFor(wanted)
    this.#known.set(meaning, name)
    this.endpoints.set(name, { value, comments: [comment] })
    return name
  }

  /** A name that nothing else has, from a text of people. */
  nameFor(wanted: string): string {
    const name = nameOf(wanted)
    const free = this.#names.has(name) ? this.#nextFree(name) : name
    this.#names.add(free)
    return free
  }

  #nextFree(name: string): string {
    let at = 2
    while (this.#names.has(`${name}-${at}`)) at += 1
    return `${name}-${at}`
  }

  /** A reference to a secret, in place of it; the same for the same secret. */
  secret(wanted: string, where: string, value: string): string {
    const known = this.#variables.get(value)
    if (known !== undefined) return `\${${known}}`
    const base = variableOf(wanted)
    const same = this.secrets.filter(({ variable }) => variable.replace(/_\d+$/, '') === base)
    const variable = same.length === 0 ? base : `${base}_${same.length + 1}`
    this.secrets.push({ variable, where })
    this.#variables.set(value, variable)
    return `\${${variable}}`
  }

  /** Gives a number to the route that does this, and makes the route when there is none; gives its name. */
  route({ name, to, account, body, comments }: NewRoute): string {
    const meaning = JSON.stringify([account, body])
    const known = this.routes.find((route) => JSON.stringify([route.account, route.body]) === meaning)
    if (known) {
      known.to.push(to)
      known.comments.push(...comments.filter((comment) => !known.comments.includes(comment)))
      return known.name
    }
    const free = this.nameFor(name)
    this.routes.push({ name: free, to: [to], account, body, comments: [...comments] })
    return free
  }

  /** What would be wrong with a route that does this; undefined when nothing is. */
  problem(body: WrittenBody): string | undefined {
    const used = this.#used(body)
    const tree = {
      publicUrl: this.publicUrl,
      accounts: [{ sid: `AC${'0'.repeat(32)}`, authTokens: ['${TWILIO_AUTH_TOKEN}'], enhancedSip: true }],
      endpoints: entriesOf(this.endpoints, used),
      groups: entriesOf(this.groups, used),
      schedules: entriesOf(this.schedules, used),
      routes: [{ to: '+15550100', ...body }],
    }
    const { errors } = loadConfig('import.yaml', sourceOf(new Map([['import.yaml', JSON.stringify(tree)]])))
    const error = errors.find(isError)
    const key = error?.path
      .filter((part) => typeof part === 'string')
      .slice(2)
      .at(-1)
    return error && `${key === undefined ? '' : `${key}: `}${error.message}`
  }

  /** Leaves out what no route leads to, such as the endpoints of a bin that could not be taken. */
  prune(): void {
    const used = this.#used(this.routes.map(({ body }) => body))
    for (const entries of [this.endpoints, this.groups, this.schedules])
      for (const name of [...entries.keys()]) if (!used.has(name)) entries.delete(name)
  }

  /** The words of a body, and those of what it names. */
  #used(value: Written, found = new Set<string>()): Set<string> {
    for (const word of wordsIn(value)) {
      if (found.has(word)) continue
      found.add(word)
      const entry = this.groups.get(word)
      if (entry) this.#used(entry.value, found)
    }
    return found
  }
}

/** All texts and keys in a value. */
function wordsIn(value: Written): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...wordsIn(inner)])
}

function entriesOf(entries: ReadonlyMap<string, DraftEntry>, used: ReadonlySet<string>) {
  return Object.fromEntries(
    [...entries].filter(([name]) => used.has(name)).map(([name, { value }]) => [name, value]),
  )
}

/** A name as the config language has it: letters, digits, `_`, `.` and `-`. */
export function nameOf(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9_.]+/g, '-')
    .slice(0, 40)
    .replace(/^[^a-z0-9_]+|[-.]+$/g, '')
  return name === '' ? 'unnamed' : name
}

/** The name of an environment variable from any text: `SIP_PASSWORD` of `sip-password`. */
export function variableOf(text: string): string {
  const name = text
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
  return /^\d/.test(name) ? `_${name}` : name
}

/** A text that the config is to take as it is: `${` would be a reference. */
export function plainText(text: string): string {
  return text.replaceAll('${', () => '$${')
}

/** Files that are not on the disk yet, as a config is read from; they have no secrets. */
export function sourceOf(files: ReadonlyMap<string, string>): ConfigSource {
  return {
    read: (file) => files.get(basename(file))!,
    glob: (pattern) => [pattern],
    variables: {},
    placeholders: true,
  }
}
