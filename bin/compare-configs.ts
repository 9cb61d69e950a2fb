import path from 'node:path'
import { askedConfig } from '../routes/admin/compare.js'
import type { ConfigQuestion, RawAnswer } from '../routes/admin/plugin.js'
import { readBody, refusal as refused } from '../routes/admin/read-request.js'
import type { ConfigSource } from '../src/config/config-source.js'
import { type Loaded, loadConfig } from '../src/config/load.js'
import { diffConfigs } from '../src/diff/diff.js'
import { type DiffReport, reportOf } from '../src/diff/report.js'
import { countOf, errorsJson, isError, placeText, shownOf } from '../src/errors/print.js'
import { type ConfigError, pathText } from '../src/errors/problem.js'
import type { Config } from '../src/model/config.js'
import { parseInstant } from '../src/schedule/instant.js'
import { secretMasker } from '../src/sip/masker.js'
import { type ConfigTexts, type PackedTexts, textSource, unpackTexts } from './config-texts.js'

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

/** Bytes of an answer: the answering thread sends it in one go. */
const MOST_ANSWERED = 16 * 1024 ** 2

/** Letters of the first change in the log. */
const MOST_LOGGED = 200

/** Answers by the texts alone: no question reaches the disk or the environment. */
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
  const next = nextTexts(asked, texts)
  const loaded = loadTexts(next.main, next)
  const { config, errors } = loaded
  // a text of the running config may be read as something else here, with what is a secret there
  const mask = secretMasker([...running.config.secrets, ...(config?.secrets ?? [])])
  const name = asked.file ?? path.basename(next.main)
  if (asks === 'check') return json(200, checked(name, errors, config), mask)
  if (!config) throw refused(422, mask(`the config has errors: ${firstOf(loaded)}`))
  const files = { old: path.basename(mainOf(texts)), new: name }
  return json(200, compared(running.config, config, files, instantOf(asked.at, now)), mask)
}

function readAsked(body: Uint8Array) {
  const asked = readBody(askedConfig, parseJson(body)) as ReturnType<typeof askedConfig.parse>
  if (asked.text === undefined && !asked.files)
    throw refused(400, 'text or files is missing: the YAML of the config')
  return asked
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw refused(400, 'the body is not JSON')
  }
}

/** The running texts with those in their place that a request brings. */
function nextTexts(
  asked: ReturnType<typeof readAsked>,
  running: ConfigTexts,
): ConfigTexts & { main: string } {
  const absolute = (name: string) => path.resolve(path.dirname(mainOf(running)), name)
  const main = absolute(asked.file ?? mainOf(running))
  const files = new Map(running.files)
  for (const [name, text] of Object.entries(asked.files ?? {})) files.set(absolute(name), text)
  if (asked.text !== undefined) files.set(main, asked.text)
  const found = new Map(running.found)
  for (const [pattern, names] of Object.entries(asked.found ?? {}))
    found.set(absolute(pattern), names.map(absolute))
  return { main, files, found }
}

function mainOf({ files }: ConfigTexts): string {
  const [main] = files.keys()
  return main!
}

function loadTexts(main: string, texts: ConfigTexts): Loaded {
  return loadConfig(main, textSource(texts) satisfies ConfigSource)
}

function checked(file: string, errors: readonly ConfigError[], config: Config | undefined): object {
  const { shown, more } = shownOf(errors)
  return {
    ...errorsJson(file, shown),
    ok: config !== undefined,
    errors: countOf('error', errors),
    warnings: countOf('warning', errors),
    more,
    routes: config?.routes.size,
    endpoints: config?.endpoints.size,
  }
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
