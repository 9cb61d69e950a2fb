import path from 'node:path'
import type { ConfigQuestion, RawAnswer } from '../routes/admin/plugin.js'
import { refusal as refused } from '../routes/admin/read-request.js'
import type { Loaded } from '../src/config/load.js'
import { diffConfigs } from '../src/diff/diff.js'
import { type DiffReport, reportOf } from '../src/diff/report.js'
import { isError, placeText } from '../src/errors/print.js'
import { pathText } from '../src/errors/problem.js'
import type { Config } from '../src/model/config.js'
import { parseInstant } from '../src/schedule/instant.js'
import { secretMasker } from '../src/sip/masker.js'
import { loadAsked, loadTexts, mainOf, readAsked } from './asked-config.js'
import { checkAnswer } from './check-answer.js'
import { type ConfigTexts, type PackedTexts, unpackTexts } from './config-texts.js'
import { shortDiff } from './short-diff.js'

/** What the thread is asked: a request of the admin API, or what a reload changes. */
export type ThreadQuestion =
  | {
      readonly asks: ConfigQuestion
      readonly running: PackedTexts
      readonly body: Uint8Array
      readonly now: number
    }
  | {
      readonly asks: 'changes'
      readonly running: PackedTexts
      readonly next: PackedTexts
      readonly now: number
    }

/** What a config changes for calls, in a line. */
export interface Changes {
  /** How many settings and behaviours change, or may. */
  readonly changes: number
  readonly first?: string
}

/** The most bytes of an answer: the answering thread sends it in one piece. */
const MOST_ANSWERED = 16 * 1024 ** 2

/** Letters of the first change in the log. */
const MOST_LOGGED = 200

/** Answers from texts: the environment is never read, and of the disk only the files of the running config. */
export function answerTo(question: ThreadQuestion): RawAnswer | Changes | undefined {
  const running = unpackTexts(question.running)
  if (question.asks === 'changes') return changesBetween(running, unpackTexts(question.next), question.now)
  try {
    return answerWith(running, question)
  } catch (error) {
    const { statusCode: status, message } = error as Error & { statusCode?: number }
    if (status === undefined) throw error
    return json(status, { error: message })
  }
}

function answerWith(
  texts: ConfigTexts,
  { asks, body, now }: Extract<ThreadQuestion, { asks: ConfigQuestion }>,
): RawAnswer {
  const asked = readAsked(body)
  const running = loadTexts(mainOf(texts), texts)
  if (!running.config) throw refused(409, `the running config cannot be read alone: ${firstOf(running)}`)
  const next = loadAsked(asked, texts)
  const { config } = next.loaded
  // read with placeholders, a text that is a secret in one config may be plain in the other: the secrets of both are masked
  const mask = secretMasker([...running.config.secrets, ...(config?.secrets ?? [])])
  if (asks === 'check') return json(200, checkAnswer(next), mask)
  if (!config) throw refused(422, mask(`the config has errors: ${firstOf(next.loaded)}`))
  const files = { old: path.basename(mainOf(texts)), new: next.name }
  const report = compared(running.config, config, files, instantOf(asked.at, now))
  return json(200, asked.short ? shortDiff(report) : report, mask)
}

function compared(old: Config, next: Config, files: { old: string; new: string }, at: number): DiffReport {
  const both = { old, new: next }
  return reportOf(both, files, diffConfigs(both, at))
}

function instantOf(text: string | undefined, now: number): number {
  // schedules open and close on whole minutes
  if (text === undefined) return Math.floor(now / 60_000) * 60_000
  const { value, problems } = parseInstant(text)
  if (value === undefined) throw refused(400, `at: ${problems[0]!.message}`)
  return value
}

/** The first error with its place. */
function firstOf({ errors }: Loaded): string {
  const { place, path: where, message } = errors.find(isError)!
  return `${[placeText(place), pathText(where)].filter(Boolean).join(' ')}: ${message}`
}

/** Undefined where a config cannot be read without its environment. */
function changesBetween(before: ConfigTexts, after: ConfigTexts, now: number): Changes | undefined {
  const [old, next] = [before, after].map((texts) => loadTexts(mainOf(texts), texts).config)
  if (!old || !next) return undefined
  const files = { old: 'old', new: 'new' }
  const { settings, differences, unsure } = compared(old, next, files, instantOf(undefined, now))
  const all = [
    ...settings.map(({ setting, old, new: other }) => `${setting}: ${old} → ${other}`),
    ...differences.map(
      ({ affected, removed, added }) => `${routeText(affected[0]!)}: ${factsText(removed, added)}`,
    ),
    ...unsure.map((one) => `${routeText(one)} may differ: ${one.why}`),
  ]
  return { changes: all.length, ...(all.length > 0 && { first: shortened(all[0]!) }) }
}

/** `route berlin`; of two names the new one. */
function routeText({ route }: Pick<DiffReport['unsure'][number], 'route'>): string {
  const name = route.new || route.old
  return name === '' ? 'no route' : `route ${name}`
}

function factsText(removed: readonly string[], added: readonly string[]): string {
  return [removed[0], added[0]].map((fact) => fact ?? 'nothing').join(' → ')
}

function shortened(text: string): string {
  return text.length > MOST_LOGGED ? `${text.slice(0, MOST_LOGGED - 1)}…` : text
}

function json(status: number, answer: object, mask = (text: string) => text): RawAnswer {
  const text = JSON.stringify(answer, (_key, value) => (typeof value === 'string' ? mask(value) : value))
  const body = new TextEncoder().encode(text)
  if (body.length <= MOST_ANSWERED) return { status, body }
  return json(413, { error: 'the answer is larger than 16 MB: compare the files by dialsip diff OLD NEW' })
}
