import { type AsteriskTime, asteriskTime, openingOf } from './asterisk-time.js'
import { Draft, nameOf, type Written, type WrittenBody } from './draft.js'
import { numberSource, OFFLINE_ACCOUNT, type OfflineOptions } from './offline.js'

/** One priority of an extension. */
interface DialplanStep {
  readonly label: string
  readonly app: string
  readonly args: string
}

interface DialplanContext {
  readonly includes: { readonly name: string; readonly time: AsteriskTime | undefined }[]
  readonly extensions: Map<string, DialplanStep[]>
}

type Dialplan = ReadonlyMap<string, DialplanContext>

const DOCS = 'docs/import.md#an-asterisk-dialplan'
const DEFAULT_ZONE = 'UTC'

/** Steps that change nothing of where a call goes. */
const SILENT = ['noop', 'answer', 'verbose', 'set', 'wait', 'progress', 'ringing']

/** Asterisk's `extensions.conf`: what `GotoIfTime` and `include => context,times` ask become schedules and rules. */
export function draftOfAsterisk(text: string, file: string, options: OfflineOptions): Draft {
  const draft = new Draft(options.publicUrl, OFFLINE_ACCOUNT, [`Asterisk dialplan ${file}`])
  const plan = dialplanOf(text)
  const numbers = numberSource(options)
  // a context that another one includes is entered by way of that one
  const included = new Set([...plan.values()].flatMap(({ includes }) => includes.map(({ name }) => name)))
  for (const context of plan.keys())
    if (!included.has(context))
      for (const pattern of patternsOf(context, plan))
        takeExtension(new Conversion(plan, context, pattern, draft, options.timezone), numbers)
  draft.prune()
  return draft
}

/** The extensions of a context, and those that it includes at some times. */
function patternsOf(context: string, plan: Dialplan): ReadonlySet<string> {
  const { includes, extensions } = plan.get(context)!
  const timed = includes.filter(({ time }) => time)
  return new Set([
    ...extensions.keys(),
    ...timed.flatMap(({ name }) => [...(plan.get(name)?.extensions.keys() ?? [])]),
  ])
}

/** Makes a route of an extension that asks the time; others are nothing that a schedule is needed for. */
function takeExtension(conversion: Conversion, numbers: ReturnType<typeof numberSource>): void {
  const { context, pattern, draft } = conversion
  const rules = conversion.rules()
  if (!rules.some((rule) => rule.if !== undefined)) return
  const { to, given, why } = calledNumber(pattern) ?? numbers()
  const subject = `${context}/${pattern}`
  const other = draft.routes.find((route) => route.to.includes(to))
  const problem = other ? `${to} is in route ${other.name} already` : draft.problem({ rules })
  const { lost } = conversion
  const comments = [...(given ? [] : [`NEEDS YOU: ${why}`]), ...lost]
  const name = nameOf(subject.replace('/_', '/'))
  const route =
    problem === undefined ? draft.route({ name, to, account: undefined, body: { rules }, comments }) : ''
  draft.findings.push({
    kind: 'extension',
    subject,
    taken: given && problem === undefined && lost.length === 0,
    route,
    why: [problem ?? why, ...lost].join('; '),
    docs: DOCS,
  })
}

/** Reads contexts, extensions and includes; other lines, such as `switch =>`, are left out. */
function dialplanOf(text: string): Dialplan {
  const plan = new Map<string, DialplanContext>()
  let context: DialplanContext | undefined
  let steps: DialplanStep[] = []
  for (const written of text.split(/\r?\n/)) {
    const line = written.replace(/(?<!\\);.*$/, '').trim()
    const [, opened] = /^\[([^\]]+)\]/.exec(line) ?? []
    if (opened !== undefined) {
      context = plan.get(opened) ?? { includes: [], extensions: new Map() }
      plan.set(opened, context)
      continue
    }
    const [, key, value = ''] = /^(exten|same|include)\s*=>?\s*(.*)$/i.exec(line) ?? []
    if (!context || key === undefined) continue
    if (key === 'include') context.includes.push(includeOf(value))
    if (key === 'exten') {
      const [pattern = '', ...rest] = value.split(',')
      steps = context.extensions.get(pattern.trim()) ?? []
      context.extensions.set(pattern.trim(), steps)
      steps.push(stepOf(rest.join(',')))
    }
    if (key === 'same') steps.push(stepOf(value))
  }
  return plan
}

function includeOf(value: string) {
  const [name = '', ...time] = value.split(/[,|]/).map((part) => part.trim())
  return { name, time: time.length > 0 ? asteriskTime(time) : undefined }
}

/** `n(label),App(args)` */
function stepOf(text: string): DialplanStep {
  const [, priority = '', label = '', rest = ''] = /^\s*([\w+]*)(?:\(([^)]*)\))?\s*,\s*(.*)$/.exec(text) ?? []
  const [, app = '', args = ''] = /^([\w]+)\s*(?:\((.*)\))?\s*$/.exec(rest) ?? []
  return { label: label || priority, app: app.toLowerCase(), args }
}

/** `4930123456`, or `_4930.` for all that begins so; other patterns are no numbers of the telephone network. */
function calledNumber(pattern: string) {
  const [, digits, prefix] = /^\+?(\d{7,15})$|^_\+?(\d{2,14})[.!]$/.exec(pattern) ?? []
  const to = digits === undefined ? prefix && `+${prefix}*` : `+${digits}`
  return to === undefined ? undefined : { to, given: true, why: `calls to ${to}` }
}

/** One extension on its way into rules. */
class Conversion {
  readonly #lost = new Set<string>()

  constructor(
    readonly plan: Dialplan,
    readonly context: string,
    readonly pattern: string,
    readonly draft: Draft,
    readonly timezone: string | undefined,
  ) {}

  /** What has no word here. */
  get lost(): string[] {
    return [...this.#lost]
  }

  rules(): WrittenBody[] {
    const { includes, extensions } = this.plan.get(this.context)!
    const own = extensions.get(this.pattern)
    if (own) return this.#rulesOf(own)
    return includes.flatMap(({ name, time }) => {
      const steps = this.plan.get(name)?.extensions.get(this.pattern)
      if (!steps) return []
      return time ? this.#timed(time, name, this.#bodyOf(steps)) : this.#rulesOf(steps)
    })
  }

  /** A rule for each `GotoIfTime`, in the same order, and one for what follows them. */
  #rulesOf(steps: readonly DialplanStep[]): WrittenBody[] {
    const rules: WrittenBody[] = []
    for (const [at, { app, args }] of steps.entries()) {
      if (SILENT.includes(app)) continue
      if (app !== 'gotoiftime') return [...rules, this.#bodyOf(steps.slice(at))]
      const [condition = '', targets = ''] = args.split('?')
      const [target = '', other = ''] = targets.split(':')
      const time = asteriskTime(condition.split(/[,|]/).map((part) => part.trim()))
      if (target !== '') rules.push(...this.#timed(time, labelOf(target), this.#bodyAt(target, steps)))
      if (other !== '') return [...rules, this.#bodyAt(other, steps)]
    }
    return rules
  }

  #timed(time: AsteriskTime, name: string, body: WrittenBody): WrittenBody[] {
    const opening = openingOf(time)
    if (opening === undefined) {
      this.#lost.add(`lost: ${time.text} cannot be a schedule, so the rule for ${name} is left out`)
      return []
    }
    const timezone = time.timezone || this.timezone || DEFAULT_ZONE
    if (time.timezone === '' && this.timezone === undefined)
      this.#lost.add(`lost: the time zone of ${time.text} is the one of the machine; give --timezone`)
    const value = { timezone, open: opening }
    const same = [...this.draft.schedules].find(
      ([, entry]) => JSON.stringify(entry.value) === JSON.stringify(value),
    )
    const schedule = same?.[0] ?? this.draft.nameFor(`${name}-hours`)
    if (!same) this.draft.schedules.set(schedule, { value, comments: [time.text] })
    return [{ if: { schedule }, ...body }]
  }

  #bodyAt(target: string, steps: readonly DialplanStep[], depth = 0): WrittenBody {
    const parts = target.split(',').map((part) => part.trim())
    const [label = '', extension = this.pattern, context = this.context] = parts.reverse()
    const found = this.plan.get(context)?.extensions.get(extension) ?? (parts.length === 1 ? steps : [])
    const at = found.findIndex((step) => step.label === label)
    if (at < 0 && label !== '1') this.#lost.add(`lost: there is no ${target} in the file`)
    return this.#bodyOf(found.slice(Math.max(at, 0)), depth + 1)
  }

  /** What steps do, as far as it has a word here. */
  #bodyOf(steps: readonly DialplanStep[], depth = 0): WrittenBody {
    for (const [at, { app, args }] of steps.entries()) {
      const rest = steps.slice(at + 1)
      if (app === 'dial') return this.#dial(args, this.#bodyOf(rest, depth))
      if (app === 'goto' && depth < DEEPEST) return this.#bodyAt(args, steps, depth)
      if (Object.hasOwn(BODIES, app)) return BODIES[app]!
      if (!SILENT.includes(app)) this.#lost.add(`lost: ${app}(${args})`)
    }
    return { hangup: true }
  }

  /** `Dial(PJSIP/reception&PJSIP/lobby,20)`. Where a peer is, is in another file. */
  #dial(args: string, otherwise: WrittenBody): WrittenBody {
    const [places = '', timeout = ''] = args.split(',')
    const names = places.split('&').map((place) => {
      const peer = place.slice(place.indexOf('/') + 1)
      const [user = '', host = 'pbx.example.com'] = peer.split('@')
      if (!peer.includes('@'))
        this.#lost.add(`lost: the address of ${place}; put it in place of pbx.example.com`)
      return this.draft.endpoint(user, { uri: `sip:${user}@${host}` }, place)
    })
    const dial: Written = names.length > 1 ? [{ ring: names }] : names[0]!
    return { dial, ...(/^\d+$/.test(timeout) && { timeout: Number(timeout) }), otherwise }
  }
}

/** Jumps that lead to each other end here. */
const DEEPEST = 10

const BODIES: Readonly<Record<string, WrittenBody>> = {
  busy: { reject: 'busy' },
  congestion: { reject: 'rejected' },
  hangup: { hangup: true },
  voicemail: { record: true },
  record: { record: true },
}

/** The last part that says something: `closed` of `closed,1` and of `s,closed`. */
function labelOf(target: string): string {
  return (
    target
      .split(',')
      .findLast((part) => !/^\s*(\d+|s)\s*$/.test(part))
      ?.trim() ?? target
  )
}
