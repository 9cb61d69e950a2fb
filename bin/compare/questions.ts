import { readRecording } from '../../src/diff/replay.js'
import { type ExplainRequest, readScenario, SOMEBODY } from '../../src/explain/scenario.js'
import type { Config } from '../../src/model/config.js'
import { ALL_UP } from '../../src/model/state.js'
import { exactClaims } from '../../src/numbers/number-index.js'
import { representativeInstants } from '../../src/schedule/state.js'
import { UsageError } from '../io.js'
import { orWrongUse } from '../or-wrong-use.js'
import { readText } from '../read-text.js'

/** A call that both are asked about. */
export interface AskedCall {
  readonly params: Readonly<Record<string, string>>
  /** Epoch milliseconds; undefined for the moment of asking. */
  readonly at: number | undefined
}

/** How the calls are given on the command line. */
interface WantedCalls {
  readonly numbers?: string | undefined
  readonly replay?: string | undefined
  /** Callers; default: somebody. */
  readonly from?: readonly string[] | undefined
  readonly account?: string | undefined
}

/** Recorded calls as they came in, else a call of each caller to each number. */
export function wantedCalls(config: Config, wanted: WantedCalls): AskedCall[] {
  if (wanted.replay !== undefined) return recordedCalls(config, wanted.replay, wanted.account)
  const numbers = wanted.numbers === undefined ? numbersOf(config) : listedNumbers(wanted.numbers)
  return numbers.flatMap((To) =>
    (wanted.from ?? [SOMEBODY]).map((From) => ({
      params: paramsOf(config, { params: { To, From }, account: wanted.account }),
      at: undefined,
    })),
  )
}

/** How far ahead schedules are looked at. */
const AHEAD_MS = 7 * 24 * 60 * 60_000

const MINUTE_MS = 60_000

/** The same calls now, and at the minutes before and after each change of a schedule in the next seven days. */
export function atChanges(config: Config, calls: readonly AskedCall[], now: number): AskedCall[] {
  const changes = [...config.schedules.values()].flatMap((schedule) =>
    representativeInstants(schedule, now, now + AHEAD_MS).slice(1),
  )
  const instants = new Set([now, ...changes.flatMap((at) => [at - MINUTE_MS, at])])
  const times = [...instants].sort((a, b) => a - b)
  return calls.flatMap((call) => (call.at === undefined ? times.map((at) => ({ ...call, at })) : [call]))
}

function recordedCalls(config: Config, file: string, account: string | undefined): AskedCall[] {
  const text = readText(file)
  try {
    return readRecording(text).calls.map(({ call, now }) => {
      const { AccountSid = '', CallSid: _sid, ...params } = call.params
      const isKnown = account === undefined && config.accounts.some(({ sid }) => sid === AccountSid)
      const own = isKnown ? { ...params, AccountSid } : params
      return { params: paramsOf(config, { params: own, account }), at: now }
    })
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UsageError(`${file}: ${error.message}`)
  }
}

/** As `dialsip try` reads a call, so that the same is refused. */
function paramsOf(config: Config, request: ExplainRequest): Record<string, string> {
  const { call } = orWrongUse(() => readScenario(config, request, 0, ALL_UP))
  const { CallSid: _sid, ...params } = call.params as Record<string, string>
  return { ApiVersion: '2010-04-01', Direction: 'inbound', ...params }
}

/** Exact numbers and SIP addresses, both ends of each range, and one number of each prefix. */
function numbersOf({ numbers }: Config): string[] {
  const { ranges, prefixes, hosts } = numbers
  const ends = ranges.claims.flatMap(({ pattern }) => pattern.text.split('..'))
  const begun = prefixes.flatMap(({ byPrefix }) => [...byPrefix.keys()].map(lengthened))
  const addresses = [...hosts].flatMap(([host, { exact, prefixes: users }]) => [
    ...[...exact.keys()].map((user) => `sip:${encodeURIComponent(user)}@${host}`),
    ...users.flatMap(({ byPrefix }) =>
      [...byPrefix.keys()].map((user) => `sip:${encodeURIComponent(user)}100@${host}`),
    ),
  ])
  return [
    ...new Set([...exactClaims(numbers).map(({ pattern }) => pattern.text), ...ends, ...begun, ...addresses]),
  ]
}

/** A number of a usual length that begins so. */
function lengthened(prefix: string): string {
  const digits = prefix.slice(1) || '1555'
  return `+${digits.padEnd(Math.min(15, Math.max(11, digits.length + 2)), '0')}`
}

/** The first column of each line; what follows a # and a first line without a digit are for people. */
function listedNumbers(file: string): string[] {
  const cells = readText(file)
    .split(/\r?\n/)
    .map((line) =>
      line
        .replace(/#.*/, '')
        .split(/[,;\t]/)[0]!
        .replace(/["']/g, '')
        .trim(),
    )
  const numbers = cells.filter((cell, at) => cell !== '' && (at > 0 || /\d|^sips?:/.test(cell)))
  if (numbers.length === 0) throw new UsageError(`${file} has no number`)
  return [...new Set(numbers)]
}
