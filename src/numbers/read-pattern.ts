import type { CountryCode } from 'libphonenumber-js/min'
import { below, type Origin } from '../errors/origin.js'
import type { Reporter } from '../errors/reporter.js'
import { parsePattern } from './parse-pattern.js'
import type { Pattern } from './pattern.js'

/** What patterns are read with. */
export interface PatternContext {
  readonly report: Reporter
  /** The countries whose national numbers are probably meant by one without a country code. */
  homeCountries(): readonly CountryCode[] | undefined
}

/**
 * Reads a pattern that was written at `origin`, or at `at` below it. A number in a national form is an error with its
 * E.164 form, as the country of the others has it.
 */
export function readPattern(
  text: string,
  origin: Origin,
  context: PatternContext,
  ...at: (string | number)[]
): Pattern | undefined {
  const { value } = parsePattern(text)
  if (!value)
    context.report.addAll(parsePattern(text, context.homeCountries()).problems, below(origin, ...at))
  return value
}
