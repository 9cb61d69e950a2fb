import { TwimlWriter } from '../../src/actions/twiml-writer.js'
import { type Outcome, readOutcome } from '../../src/call/outcome.js'
import type { Config } from '../../src/model/config.js'
import { newSid } from '../play/send.js'
import { verbsOfTwiml } from '../play/twiml.js'
import { configAnswer, ownPage } from './config-answers.js'
import { isDrawn } from './drawn.js'
import { differencesOf } from './meaning.js'
import { OldAnswerless, type OldWebhook, type WebhookRequest } from './old-webhook.js'
import { type GivenDocument, type PlayedWay, playWay } from './play-way.js'
import type { AskedCall } from './questions.js'

/** Where the two do different things with a call. */
export interface MeaningDifference {
  /** What came of the dials before it: `busy`. */
  readonly after: readonly string[]
  /** In a few words. */
  readonly what: string
  readonly old: GivenDocument
  readonly new: GivenDocument
}

/** What the comparison of a call came to. */
export interface ComparedCall {
  readonly call: AskedCall
  /** `unsupported`: there is a verb that no config can say. `unanswered`: the old webhook gave no TwiML. */
  readonly result: 'equal' | 'different' | 'unsupported' | 'unanswered'
  readonly differences: readonly MeaningDifference[]
  /** Why it is unsupported or unanswered, else empty. */
  readonly why: string
  /** The old webhook gave no answer of any kind. */
  readonly isSilent: boolean
  /** A `split` of the config drew what the old webhook drew, by another CallSid. */
  readonly isDrawn: boolean
}

/** Both sides, and what is asked. */
export interface ComparedSides {
  readonly config: Config
  readonly old: OldWebhook
  readonly method: string
  /** What may come of a dial, besides an answer. */
  readonly outcomes: readonly string[]
  /** The parameter by which the old webhook is given the time; undefined where it looks at its own clock. */
  readonly timeParam: string | undefined
}

/** So many combinations of outcomes are tried for one call. */
const MOST_WAYS = 64

/** So many calls are tried to find one that a `split` sends where the old webhook has sent its own. */
const MOST_DRAWS = 100

const ANSWERED = readOutcome('answered')!

/**
 * Asks both about a call: first with dials that answer, then with each outcome of each dial that both have reached. What
 * follows a difference is not compared.
 */
export async function compareCall(compared: ComparedSides, call: AskedCall): Promise<ComparedCall> {
  const differences = new Map<string, MeaningDifference>()
  const ways: (readonly string[])[] = [[]]
  let unknown: string | undefined
  let isRedrawn = false
  try {
    for (let at = 0; at < ways.length; at += 1) {
      const way = ways[at]!
      const { old, other, redrawn } = await bothWays(compared, call, way)
      isRedrawn ||= redrawn
      const first = firstDifference(old, other)
      const shared = old.steps.slice(0, first).filter(({ rings }) => rings).length
      if (first < Infinity && isUnknown(old, first)) unknown ??= old.unknown
      else if (first < Infinity) keep(differences, outcomesOf(way, shared), [old, other], first)
      if (shared > way.length) ways.push(...compared.outcomes.map((outcome) => [...way, outcome]))
      if (ways.length > MOST_WAYS) return ended('unsupported', TOO_MANY_WAYS)
    }
  } catch (error) {
    if (!(error instanceof OldAnswerless)) throw error
    return { ...ended('unanswered', error.message), isSilent: error.isSilent }
  }
  if (differences.size > 0) return ended('different', '')
  return unknown === undefined
    ? ended('equal', '')
    : ended('unsupported', `<${unknown}> has no word in a config; hand the call on with redirect`)

  function ended(result: ComparedCall['result'], why: string): ComparedCall {
    return { call, result, differences: [...differences.values()], why, isSilent: false, isDrawn: isRedrawn }
  }
}

const TOO_MANY_WAYS = `it has more than ${MOST_WAYS} combinations of outcomes; name fewer with --outcomes`

/**
 * The same call on both sides: what depends on its CallSid is the same. Of a `split` either side draws on its own, so the
 * config is asked for a call that draws what the old webhook drew, if there is one.
 */
async function bothWays(compared: ComparedSides, call: AskedCall, way: readonly string[]) {
  const { config, old, method, timeParam } = compared
  const now = call.at ?? Date.now()
  const writer = new TwimlWriter(config.publicUrl)
  const time: Record<string, string> =
    timeParam === undefined ? {} : { [timeParam]: new Date(now).toISOString() }
  const CallSid = newSid('CA')
  const planned = {
    params: { ...call.params, ...time, CallSid },
    outcomes: way.map((text): Outcome => readOutcome(text)!),
    answered: ANSWERED,
  }
  const there = await playWay(ask, { ...planned, first: { url: old.start, method } })
  const here = await configWay(CallSid)
  const place = firstDifference(there, here)
  if (place === Infinity || !isDrawn(config, call)) return { old: there, other: here, redrawn: false }
  for (let draw = 1; draw < MOST_DRAWS; draw += 1) {
    const other = await configWay(newSid('CA'))
    if (firstDifference(there, other) === Infinity) return { old: there, other, redrawn: true }
  }
  return { old: there, other: here, redrawn: false }

  /** What the config does with the call under this CallSid, told of the real one. */
  async function configWay(sid: string): Promise<PlayedWay> {
    const params = { ...planned.params, CallSid: sid }
    const first = { url: `${config.publicUrl.href}/voice`, method: 'POST' }
    const played = await playWay(ask, { ...planned, params, first })
    return sid === CallSid ? played : JSON.parse(JSON.stringify(played).replaceAll(sid, CallSid))
  }

  async function ask(request: WebhookRequest): Promise<GivenDocument | undefined> {
    const { url } = request
    const page = ownPage(config, url)
    if (page !== undefined)
      return { url, verbs: verbsOfTwiml(configAnswer({ config, writer }, page, request, now))! }
    if (!old.has(url)) return undefined
    const verbs = verbsOfTwiml(await old.ask(request))
    if (verbs) return { url, verbs }
    throw new OldAnswerless(`${url} answers with something else than TwiML`)
  }
}

/** The place of the first step that differs; Infinity for ways that mean the same. */
function firstDifference({ steps: old }: PlayedWay, { steps: other }: PlayedWay): number {
  const longest = Math.max(old.length, other.length)
  for (let at = 0; at < longest; at += 1)
    if (JSON.stringify(old[at]?.meaning) !== JSON.stringify(other[at]?.meaning)) return at
  return Infinity
}

/** Whether the old way gets there to what no config can say. */
function isUnknown({ steps, unknown }: PlayedWay, at: number): boolean {
  return unknown !== undefined && at === steps.length - 1
}

/** What came of so many dials. */
function outcomesOf(way: readonly string[], dials: number): string[] {
  return Array.from({ length: dials }, (_, at) => way[at] ?? 'answered')
}

/** The same difference after several outcomes is one. */
function keep(
  differences: Map<string, MeaningDifference>,
  after: readonly string[],
  [old, other]: readonly [PlayedWay, PlayedWay],
  at: number,
): void {
  const [step, otherStep] = [old.steps[at], other.steps[at]]
  const key = JSON.stringify([after.length, step?.meaning, otherStep?.meaning])
  const earlier = differences.get(key)
  const label = after.join(', then ')
  differences.set(key, {
    after: earlier ? [...earlier.after, label] : after.length > 0 ? [label] : [],
    what: differencesOf(step?.meaning, otherStep?.meaning).join(', '),
    old: step?.document ?? old.last,
    new: otherStep?.document ?? other.last,
  })
}
