import { endpointUri } from './destinations.js'
import {
  type AsteriskTime,
  asteriskTime,
  type Dialplan,
  type DialplanStep,
  dialplanOf,
  openingOf,
} from './dialplan.js'
import { Draft, nameOf, type Written, type WrittenBody } from './draft.js'
import { numberSource, OFFLINE_ACCOUNT, type OfflineOptions } from './offline.js'

const DOCS = 'docs/import.md#an-asterisk-dialplan'
const DEFAULT_ZONE = 'UTC'

/** Steps that change nothing of where a call goes. */
const SILENT = ['noop', 'answer', 'verbose', 'set', 'wait', 'progress', 'ringing']

/** Asterisk's `extensions.conf`: what `GotoIfTime` and `include => context,times` ask become schedules and rules. */
export function draftOfAsterisk(text: string, file: string, options: OfflineOptions): Draft {
  const comments = [`Asterisk dialplan ${file}`]
  const draft = new Draft(options.publicUrl, OFFLINE_ACCOUNT, comments)
  const plan = dialplanOf(text)
  const numbers = numberSource(options)
  for (const line of plan.elsewhere)
    draft.findings.push({
      kind: 'line',
      subject: line,
      taken: false,
      route: '',
      why: 'what is there is not read; import it as well',
      docs: DOCS,
    })
  let others = 0
  for (const [context, patterns] of entries(plan))
    for (const pattern of patterns)
      if (!takeExtension(new Conversion(plan, context, pattern, draft, options.timezone), numbers))
        others += 1
  if (others > 0)
    comments.push(`Extensions left out, since they are no phone numbers and do not ask the time: ${others}`)
  draft.prune()
  return draft
}

/**
 * The contexts that calls enter, each with its extensions and those of the contexts that it includes. One that another
 * one includes is entered by way of that one; of those that include each other, the first is entered.
 */
function entries({ contexts }: Dialplan): Map<string, ReadonlySet<string>> {
  const included = new Set([...contexts.values()].flatMap(({ includes }) => includes.map(({ name }) => name)))
  const all = [...contexts.keys()]
  const found = new Map<string, ReadonlySet<string>>()
  const reached = new Set<string>()
  for (const context of [...all.filter((name) => !included.has(name)), ...all]) {
    if (reached.has(context)) continue
    const within = new Set<string>()
    found.set(context, new Set(patternsIn(context, within)))
    for (const name of within) reached.add(name)
  }
  return found

  function patternsIn(context: string, seen: Set<string>): string[] {
    const { extensions, includes } = contexts.get(context) ?? { extensions: new Map(), includes: [] }
    if (seen.has(context)) return []
    seen.add(context)
    return [...extensions.keys(), ...includes.flatMap(({ name }) => patternsIn(name, seen))]
  }
}

/** Makes a route of an extension that is a phone number, or asks the time. Gives whether it is one. */
function takeExtension(conversion: Conversion, numbers: ReturnType<typeof numberSource>): boolean {
  const { context, pattern, draft } = conversion
  const rules = conversion.rules()
  const called = calledNumber(pattern)
  const isTimed = rules.some((rule) => rule.if !== undefined)
  if (!isTimed && !called) return false
  const { to, given, why } = called ?? numbers()
  const body = isTimed ? { rules } : (rules[0] ?? { hangup: true })
  const subject = `${context}/${pattern}`
  const other = draft.routes.find((route) => route.to.includes(to))
  const problem = other ? `${to} is in route ${other.name} already` : draft.problem(body)
  const { lost } = conversion
  const comments = [...(given ? [] : [`NEEDS YOU: ${why}`]), ...lost]
  const name = nameOf(subject.replace('/_', '/'))
  const route = problem === undefined ? draft.route({ name, to, account: undefined, body, comments }) : ''
  draft.findings.push({
    kind: 'extension',
    subject,
    taken: given && problem === undefined && lost.length === 0,
    route,
    why: [problem ?? why, ...lost].join('; '),
    docs: DOCS,
  })
  return true
}

/** `4930123456`, or `_4930.` and `_4930XXXX` for all that begin so; other patterns are no numbers of the telephone network. */
function calledNumber(pattern: string) {
  const [, plus, digits, prefix] =
    /^(\+?)([1-9]\d{6,14})$|^_\+?([1-9]\d{1,13})(?:[XZN]+[.!]?|[.!])$/.exec(pattern) ?? []
  if (plus === '' && NANP.test(digits!))
    return {
      to: `+1${digits}`,
      given: false,
      why: `${digits} has no country code, and is taken as +1${digits}`,
    }
  const to = digits === undefined ? prefix && `+${prefix}*` : `+${digits}`
  return to === undefined ? undefined : { to, given: true, why: `calls to ${to}` }
}

/** What looks like a national number of North America: area and exchange begin with 2 to 9. */
const NANP = /^[2-9]\d{2}[2-9]\d{6}$/

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

  /** What the config language cannot say. */
  get lost(): string[] {
    return [...this.#lost]
  }

  rules(): WrittenBody[] {
    return this.#rulesIn(this.context, new Set())
  }

  /** The extension as the context has it, else the first that it includes; those with a time hold within that. */
  #rulesIn(context: string, seen: Set<string>): WrittenBody[] {
    const found = seen.has(context) ? undefined : this.plan.contexts.get(context)
    seen.add(context)
    const own = found?.extensions.get(this.pattern)
    if (own) return this.#rulesOf(own)
    const rules: WrittenBody[] = []
    for (const { name, time } of found?.includes ?? []) {
      const inner = this.#rulesIn(name, seen)
      if (!time && inner.length > 0) return [...rules, ...inner]
      const { if: _asked, ...last } = inner.at(-1) ?? {}
      if (inner.length > 1) this.#lost.add(`lost: the times within ${name}`)
      if (time && inner.length > 0) rules.push(...this.#timed(time, name, last))
    }
    return rules
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
    const found =
      this.plan.contexts.get(context)?.extensions.get(extension) ?? (parts.length === 1 ? steps : [])
    const at = found.findIndex((step) => step.label === label)
    if (at < 0 && label !== '1') this.#lost.add(`lost: there is no ${target} in the file`)
    return this.#bodyOf(found.slice(Math.max(at, 0)), depth + 1)
  }

  /** What steps do, as far as the config language can say it. */
  #bodyOf(steps: readonly DialplanStep[], depth = 0): WrittenBody {
    for (const [at, { app, args }] of steps.entries()) {
      if (app === 'dial') return this.#dial(args, this.#bodyOf(steps.slice(at + 1), depth))
      if (app === 'goto' && depth < DEEPEST) return this.#bodyAt(args, steps, depth)
      if (Object.hasOwn(BODIES, app)) return BODIES[app]!
      if (!SILENT.includes(app)) this.#lost.add(`lost: ${app}(${args})`)
    }
    return { hangup: true }
  }

  /** `Dial(PJSIP/reception&PJSIP/lobby,20)`. Where a peer is, is in another file. */
  #dial(args: string, otherwise: WrittenBody): WrittenBody {
    const [places = '', timeout = ''] = args.split(',')
    const names = places.split('&').map((place) => this.#endpoint(place.trim()))
    const dial: Written = names.length > 1 ? [{ ring: names }] : names[0]!
    return { dial, ...(/^\d+$/.test(timeout) && { timeout: Number(timeout) }), otherwise }
  }

  /** `PJSIP/reception`, `PJSIP/100@host`, `SIP/peer/number`. A peer has its address in another file. */
  #endpoint(place: string): string {
    const [, peer = '', number = peer] = place.split('/')
    const [user = '', host = ''] = number.split('@')
    const isAddress = /[.:]/.test(host)
    if (!isAddress) this.#lost.add(`lost: the address of ${place}; put it in place of pbx.example.com`)
    const called = user
      .replace('${EXTEN}', /^_?\+/.test(this.pattern) ? '{{To}}' : '{{To.digits}}')
      .replace(/\$\{([^}]*)\}/g, (variable, name: string) => {
        this.#lost.add(`lost: the value of ${variable}`)
        return nameOf(name)
      })
    const uri = `sip:${called}@${isAddress ? host : 'pbx.example.com'}`
    return this.draft.endpoint(user, { uri: endpointUri(uri, this.draft) }, place)
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
