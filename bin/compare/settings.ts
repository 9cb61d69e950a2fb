import type { parseArgs } from 'node:util'
import { readOutcome } from '../../src/call/outcome.js'
import { UsageError } from '../io.js'

/** The options of `dialsip compare`. */
export const COMPARE_OPTIONS = {
  old: { type: 'string' },
  method: { type: 'string', default: 'POST' },
  numbers: { type: 'string' },
  replay: { type: 'string' },
  from: { type: 'string', multiple: true },
  account: { type: 'string' },
  outcomes: { type: 'string', default: 'busy,503,noAnswer' },
  'time-param': { type: 'string' },
  rate: { type: 'string', default: '5' },
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  reporter: { type: 'string', default: 'pretty' },
  json: { type: 'boolean', default: false },
  config: { type: 'string', short: 'c' },
} as const

export type CompareValues = ReturnType<typeof parseArgs<{ options: typeof COMPARE_OPTIONS }>>['values']

/** What the options come to. */
export interface CompareSettings {
  readonly start: string
  readonly method: string
  readonly outcomes: readonly string[]
  readonly rate: number
  readonly timeParam: string | undefined
}

/** Reads the options. Throws a `UsageError` with everything that is wrong with them. */
export function settingsOf(values: CompareValues): CompareSettings {
  const { old = '', method, rate, reporter } = values
  const outcomes = values.outcomes.split(',').filter((text) => text !== '' && text !== 'answered')
  const mistakes = [
    ...mistakeInUrl(old),
    ...(['GET', 'POST'].includes(method) ? [] : [`--method is GET or POST, not "${method}"`]),
    ...(Number(rate) > 0 && Number(rate) <= MOST_PER_SECOND
      ? []
      : [`--rate is a number of requests a second, up to ${MOST_PER_SECOND}, not "${rate}"`]),
    ...(['pretty', 'junit'].includes(reporter)
      ? []
      : [`there is no reporter "${reporter}", only pretty and junit`]),
    ...outcomes.filter((text) => !isPlayable(text)).map(unplayable),
    ...(values.numbers !== undefined && values.replay !== undefined
      ? ['--numbers and --replay cannot go together']
      : []),
  ]
  if (mistakes.length > 0) throw new UsageError(...mistakes)
  const start = new URL(old).href.replace(/#.*/, '')
  return { start, method, outcomes, rate: Number(rate), timeParam: values['time-param'] }
}

const MOST_PER_SECOND = 1000

function mistakeInUrl(old: string): string[] {
  if (old === '') return ['--old URL is missing: the voice URL of today']
  if (!/^https?:\/\//i.test(old) || !URL.canParse(old))
    return [`--old: "${old}" is not the URL of a webhook, such as https://old.example.com/voice`]
  if (new URL(old).username === '') return []
  return ['--old cannot hold a user and password; name the server behind them']
}

/** A caller who has left hears nothing, so there is nothing to compare. */
function isPlayable(text: string): boolean {
  const outcome = readOutcome(text)
  return outcome !== undefined && outcome.status !== 'canceled'
}

function unplayable(text: string): string {
  return `--outcomes: "${text}" is not an outcome that can be played; write SIP codes, or words such as busy, unreachable, noAnswer`
}
