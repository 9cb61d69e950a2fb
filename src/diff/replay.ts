import { type Call, parseCall } from '../call/call.js'
import { loggedParameters, textParameters } from '../call/logged-parameters.js'
import { decide } from '../decide.js'
import { ALL_UP } from '../model/state.js'
import { briefs } from './brief.js'
import { instantText } from './example.js'
import { observed } from './observe.js'
import type { ConfigPair } from './show.js'

/** What recorded calls come to in both configs. */
export interface Replayed {
  /** How many calls were decided again. */
  readonly calls: number
  /** How many lines told of no call that comes in. */
  readonly skipped: number
  readonly changed: readonly ReplayedCall[]
}

interface ReplayedCall {
  readonly callSid: string
  readonly to: string
  readonly from: string
  readonly at: string
  readonly old: string
  readonly new: string
}

/** A call that was recorded, and when it came in, if that is known. */
interface Recorded {
  readonly call: Call
  readonly now: number | undefined
}

export interface Recording {
  readonly calls: readonly Recorded[]
  /** How many lines told of no call that comes in. */
  readonly skipped: number
}

/** Decides recorded calls by both configs; `at` is the time of those of which it was not recorded. */
export function replay(both: ConfigPair, { calls, skipped }: Recording, at: number): Replayed {
  return { calls: calls.length, skipped, changed: calls.flatMap((recorded) => changeOf(both, recorded, at)) }
}

/**
 * Reads a recording. Each line is one of the log, a JSON object of webhook parameters, or the body of a form.
 * Throws a `SyntaxError` with the number of a line that is none of these.
 */
export function readRecording(text: string): Recording {
  const lines = text.split('\n').map((line, index) => ({ line: line.trim(), number: index + 1 }))
  const read = lines.filter(({ line }) => line !== '').map(({ line, number }) => readLine(line, number))
  const calls = read.filter((recorded) => recorded !== undefined)
  return { calls, skipped: read.length - calls.length }
}

function changeOf(both: ConfigPair, { call, now }: Recorded, at: number): ReplayedCall[] {
  const time = now ?? at
  const [old, other] = [decide(both.old, call, time, ALL_UP), decide(both.new, call, time, ALL_UP)]
  if (observed(old, call, both.old) === observed(other, call, both.new)) return []
  const { callSid, to, from } = call
  const [does, doesNow] = briefs(old, other)
  return [{ callSid, to: to.text, from: from.text, at: instantText(time), old: does, new: doesNow }]
}

type Fields = Readonly<Record<string, unknown>>

/** Undefined for a line of the log that tells of something else than a call that comes in. */
function readLine(line: string, number: number): Recorded | undefined {
  const fields = line.startsWith('{') ? readJson(line, number) : readForm(line)
  const isLog = 'level' in fields
  if (isLog && !isDecision(fields)) return undefined
  const parsed = parseCall(textParameters(isLog ? { AccountSid: '', ...loggedParameters(fields) } : fields))
  if ('missing' in parsed)
    throw new SyntaxError(`line ${number} is neither of the log nor a webhook: ${parsed.missing} is missing`)
  const now = isLog ? Date.parse(String(fields.time)) : Number.NaN
  return { call: parsed.call, now: Number.isNaN(now) ? undefined : now }
}

/** The first decision of a call. Those that follow name the outcome of a hop, or have what ends a recording. */
function isDecision({ verbs, to, outcome, params }: Fields): boolean {
  const follows = outcome !== undefined || Object(params).RecordingUrl !== undefined
  return verbs !== undefined && to !== undefined && !follows
}

function readForm(line: string): Fields {
  return Object.fromEntries(new URLSearchParams(line))
}

function readJson(line: string, number: number): Fields {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new SyntaxError(`line ${number} is not JSON: ${(error as Error).message}`)
  }
}
