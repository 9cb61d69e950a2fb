import type { Offsets, Origin, SourceFile } from '../errors/origin.js'
import {
  type ConfigError,
  LoadStopped,
  levelOf,
  type Place,
  type Problem,
  type Reporter,
} from '../errors/problem.js'
import { lastUpTo } from '../numbers/disjoint-ranges.js'
import { masker, SHORTEST_SECRET } from '../sip/masker.js'
import { lineStarts } from './source-file.js'

interface Finding {
  readonly problem: Problem
  readonly origin: Origin
  readonly part: 'key' | 'value'
  readonly other: Origin | undefined
}

/** Gathers everything that is wrong with a config; places are worked out once, at the end. */
export class Report implements Reporter {
  /** By what tells them apart: what several calls lead to is checked several times, and reported once. */
  readonly #findings = new Map<string, Finding>()
  #errors = 0
  #stopped = false
  #hints = MOST_HINTS
  /** The values that lack a secret: other errors of them are of no use. */
  readonly #unfilled = new Set<string>()
  /** The maps that hold an unknown key. */
  readonly #misspelt = new Set<string>()

  /** Notes a problem. `other` is the second place that the message speaks of. */
  add(problem: Problem, origin: Origin, part: 'key' | 'value' = 'value', other?: Origin): void {
    const same = [problem.code, problem.message, keyOf(origin)].join('\0')
    const isUnfilled = UNFILLED.includes(problem.code)
    if (this.#findings.has(same) || (!isUnfilled && this.#unfilled.has(keyOf(origin)))) return
    if (isUnfilled) this.#unfilled.add(keyOf(origin))
    this.#findings.set(same, { problem, origin, part, other })
    if (levelOf(problem) === 'error') this.#countError(origin)
    if (problem.code === 'unknown-key')
      this.#misspelt.add(keyOf({ file: origin.file, path: origin.path.slice(0, -1) }))
  }

  #countError(origin: Origin): void {
    this.#errors += 1
    if (this.#errors === MOST_ERRORS) throw new LoadStopped(tooMany, origin)
  }

  /** Notes that a map lacks something, unless a key in it is unknown: that may be the one that is missed. */
  addMissing(problem: Problem, origin: Origin): void {
    if (!this.#misspelt.has(keyOf(origin))) this.add(problem, origin, 'key')
  }

  addAll(problems: readonly Problem[], origin: Origin): void {
    for (const problem of problems) this.add(problem, origin)
  }

  /** Does a part of the loading. What stops it is noted as well, and then nothing more is done. */
  attempt<T>(part: () => T): T | undefined {
    if (this.#stopped) return undefined
    try {
      return part()
    } catch (error) {
      if (!(error instanceof LoadStopped)) throw error
      this.#stopped = true
      this.add(error.problem, error.origin)
      return undefined
    }
  }

  /**
   * Whether a search for what is only a help, such as the name that was meant, may still take so many steps: hundreds
   * of mistakes among thousands of names would take minutes.
   */
  affords(steps: number): boolean {
    this.#hints -= steps
    return this.#hints >= 0
  }

  get hasErrors(): boolean {
    return this.#errors > 0
  }

  /** Every problem with its place: errors, then warnings, each by file and line. Secrets are masked wherever they show. */
  errors(secrets: readonly string[]): ConfigError[] {
    const mask = masker(secrets, stars)
    // in our own sentences a short secret would mask words such as "a"
    const maskSentence = masker(secrets.filter(isLong), stars)
    const placeOf = placeFinder(rememberLast(mask))
    const errors = [...this.#findings.values()].map(({ problem, origin, part, other }) => ({
      code: problem.code,
      message: maskSentence(problem.message),
      expected: problem.expected,
      found: problem.found && mask(problem.found),
      help: problem.help && maskSentence(problem.help),
      level: levelOf(problem),
      path: origin.file.lines ? [] : origin.path,
      place: placeOf(origin, part, problem.found),
      other: other && placeOf(other, part),
    }))
    return errors.sort(byLevelAndPlace)
  }
}

function isLong({ length }: string): boolean {
  return length >= SHORTEST_SECRET
}

/** As wide as the secret, so that a caret still points at the right column. */
function stars({ length }: string): string {
  return '*'.repeat(length)
}

/** Nobody reads more. */
const MOST_ERRORS = 10_000

/** A step takes a microsecond at most. */
const MOST_HINTS = 3_000_000

const tooMany: Problem = {
  code: 'load-limit',
  message: `${MOST_ERRORS} errors were found: what comes after this one was not looked at`,
  expected: `fewer than ${MOST_ERRORS} errors`,
  help: 'look at the first ones: most have the same cause',
}

const UNFILLED: readonly string[] = ['env-missing', 'secret-file', 'secret-syntax']

/** One value may be written for a list of one, so the first place of a list says nothing. */
function keyOf({ file, path }: Origin): string {
  return [file.name, ...path.filter((step) => step !== 0)].join('\0')
}

function byLevelAndPlace(a: ConfigError, b: ConfigError): number {
  return (
    (a.level === b.level ? 0 : a.level.localeCompare(b.level)) ||
    (a.place.file === b.place.file ? 0 : a.place.file.localeCompare(b.place.file)) ||
    a.place.line - b.place.line ||
    a.place.column - b.place.column
  )
}

/** The same function, which gives the last answer again: many errors may be in one line, which may be the whole file. */
function rememberLast(mask: (text: string) => string): (text: string) => string {
  let last = { text: '', masked: '' }
  return (text) => {
    if (text !== last.text) last = { text, masked: mask(text) }
    return last.masked
  }
}

/** Turns origins into lines and columns. The lines shown go through `mask`, which keeps their length. */
function placeFinder(mask: (text: string) => string) {
  const startsOf = new Map<SourceFile, readonly number[]>()
  return placeOf

  /** The place of a value or its key; of `found` within it, where that is there exactly once. */
  function placeOf({ file, path }: Origin, part: 'key' | 'value', found?: string): Place {
    const { start, end } = narrowed(file.offsets(path, part), file.text, found)
    const starts = startsOf.get(file) ?? lineStarts(file.text)
    startsOf.set(file, starts)
    const line = lastUpTo(starts, start) + 1
    const begin = starts[line - 1]!
    const text = file.text.slice(begin, (starts[line] ?? file.text.length + 1) - 1).replace(/\r$/, '')
    const column = start - begin + 1
    const length = Math.max(1, Math.min(end - begin, text.length) - (column - 1))
    return { file: file.name, line, column, length, text: mask(text) }
  }
}

function narrowed(offsets: Offsets, text: string, found: string | undefined): Offsets {
  if (!found) return offsets
  const { start, end } = offsets
  const value = text.slice(start, end)
  const at = value.indexOf(found)
  if (at < 0 || value.indexOf(found, at + 1) >= 0) return offsets
  return { start: start + at, end: start + at + found.length }
}
