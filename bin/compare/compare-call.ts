import type { TwimlWriter } from '../../src/actions/twiml-writer.js'
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
}

/** Both sides, and what is asked. */
export interface ComparedSides {
  readonly config: Config
  /** Keeps the elements that it has built. */
  readonly writer: TwimlWriter
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
  try {
    for (let at = 0; at < ways.length; at += 1) {
      const way = ways[at]!
      const { old, other } = await bothWays(compared, call, way)
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
    : ended('unsupported', `<${unknown}> cannot be written in a config; hand the call on with redirect`)

  function ended(result: ComparedCall['result'], why: string): ComparedCall {
    return { call, result, differences: [...differences.values()], why, isSilent: false }
  }
}

const TOO_MANY_WAYS = `it has more than ${MOST_WAYS} combinations of outcomes; name fewer with --outcomes`

/**
 * The same call on both sides: what depends on its CallSid is the same. For a `split` each side draws for itself, so
 * a call is looked for that draws on this side what the old webhook drew.
 */
async function bothWays(compared: ComparedSides, call: AskedCall, way: readonly string[]) {
  const { config, writer, old, method, timeParam } = compared
  const now = call.at ?? Date.now()
  const time: Record<string, string> =
    timeParam === undefined ? {} : { [timeParam]: new Date(now).toISOString() }
  const CallSid = newSid('CA')
  const planned = {
    params: { ...call.params, ...time, CallSid },
    outcomes: way.map((text): Outcome => readOutcome(text)!),
    answered: ANSWERED,
  }
  const ownFirst = { url: `${config.publicUrl.href}/voice`, method: 'POST' }
  const there = await playWay(ask, { ...planned, first: { url: old.start, method } })
  let here = await playWay(ask, { ...planned, first: ownFirst })
  const draws = isDrawn(config, call) ? MOST_DRAWS : 1
  for (let draw = 1; draw < draws && firstDifference(there, here) < Infinity; draw += 1) {
    const other = await drawnWay(newSid('CA'))
    if (distance(there, other) < distance(there, here)) here = other
  }
  return { old: there, other: here }

  /**
   * What the config does with the call under another CallSid; the result has the real one. The old webhook is not
   * asked again.
   */
  async function drawnWay(sid: string): Promise<PlayedWay> {
    const params = { ...planned.params, CallSid: sid }
    const played = await playWay(async (request) => askConfig(request), {
      ...planned,
      params,
      first: ownFirst,
    })
    return JSON.parse(JSON.stringify(played).replaceAll(sid, CallSid))
  }

  async function ask(request: WebhookRequest): Promise<GivenDocument | undefined> {
    const own = askConfig(request)
    const { url } = request
    if (own || !old.has(url)) return own
    const verbs = verbsOfTwiml(await old.ask(request))
    if (verbs) return { url, verbs }
    throw new OldAnswerless(`${url} answers with something else than TwiML`)
  }

  function askConfig(request: WebhookRequest): GivenDocument | undefined {
    const { url } = request
    const page = ownPage(config, url)
    if (page === undefined) return undefined
    return { url, verbs: verbsOfTwiml(configAnswer({ config, writer }, page, request, now))! }
  }
}

/** The place of the first step that differs; Infinity for ways that mean the same. */
function firstDifference({ steps: old }: PlayedWay, { steps: other }: PlayedWay): number {
  const longest = Math.max(old.length, other.length)
  for (let at = 0; at < longest; at += 1)
    if (JSON.stringify(old[at]?.meaning) !== JSON.stringify(other[at]?.meaning)) return at
  return Infinity
}

/** How much two ways differ: the later and the less they differ, the smaller. */
function distance(old: PlayedWay, other: PlayedWay): number {
  const at = firstDifference(old, other)
  const words = differencesOf(old.steps[at]?.meaning, other.steps[at]?.meaning).length
  return at === Infinity ? 0 : 1 / (at + 1) + words / WORDS
}

/** More than a step has differences. */
const WORDS = 1_000_000

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
