import { type Call, parseCall } from '../call/call.js'
import { decide } from '../decide.js'
import { ALL_UP } from '../model/state.js'
import { utcText } from '../schedule/instant.js'
import { parametersOfLine, textParameters } from '../twilio/logged-parameters.js'
import type { ConfigPair } from './diff.js'
import { briefs, observed } from './first-difference.js'

/** What both configs do with recorded calls. */
export interface Replayed {
  /** How many calls were decided again. */
  readonly calls: number
  /** How many lines hold no incoming call. */
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

/** A recorded call, and when it came in, if that is known. */
interface Recorded {
  readonly call: Call
  readonly now: number | undefined
}

export interface Recording {
  readonly calls: readonly Recorded[]
  /** How many lines hold no incoming call. */
  readonly skipped: number
}

/** Decides recorded calls with both configs; calls that were recorded without a time come in at `at`. */
export function replay(configs: ConfigPair, { calls, skipped }: Recording, at: number): Replayed {
  return {
    calls: calls.length,
    skipped,
    changed: calls.flatMap((recorded) => changeOf(configs, recorded, at)),
  }
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

function changeOf(configs: ConfigPair, { call, now }: Recorded, at: number): ReplayedCall[] {
  const time = now ?? at
  const [old, other] = [decide(configs.old, call, time, ALL_UP), decide(configs.new, call, time, ALL_UP)]
  if (observed(old, call, configs.old) === observed(other, call, configs.new)) return []
  const { callSid, to, from } = call
  const [does, doesNow] = briefs(old, other)
  return [{ callSid, to: to.text, from: from.text, at: utcText(time), old: does, new: doesNow }]
}

type LineFields = Readonly<Record<string, unknown>>

/** Undefined for a line of the log that is not about an incoming call. */
function readLine(line: string, number: number): Recorded | undefined {
  const fields = line.startsWith('{') ? readJson(line, number) : readForm(line)
  const isLog = 'level' in fields
  if (isLog && !isDecision(fields)) return undefined
  const parsed = parseCall(textParameters(isLog ? { AccountSid: '', ...parametersOfLine(fields) } : fields))
  if ('missing' in parsed)
    throw new SyntaxError(
      `line ${number} is neither of the log nor a webhook: without ${parsed.missing.join(', ')}`,
    )
  const now = isLog ? Date.parse(String(fields.time)) : Number.NaN
  return { call: parsed.call, now: Number.isNaN(now) ? undefined : now }
}

/** Whether it is the first decision of a call: later ones name the outcome of a hop, or the URL of a recording. */
function isDecision({ verbs, to, outcome, params }: LineFields): boolean {
  const follows = outcome !== undefined || Object(params).RecordingUrl !== undefined
  return verbs !== undefined && to !== undefined && !follows
}

function readForm(line: string): LineFields {
  return Object.fromEntries(new URLSearchParams(line))
}

function readJson(line: string, number: number): LineFields {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new SyntaxError(`line ${number} is not JSON: ${(error as Error).message}`)
  }
}
