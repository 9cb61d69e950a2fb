import type { CountryCode } from 'libphonenumber-js/min'
import { below, type Origin } from '../../errors/origin.js'
import { homeCountries } from '../../numbers/home-countries.js'
import { parsePattern } from '../../numbers/parse-pattern.js'
import type { Pattern } from '../../numbers/pattern.js'
import type { Document } from '../documents.js'
import type { Report } from '../report.js'
import { isMap } from '../yaml.js'

/** What patterns are read with. */
export interface PatternContext {
  readonly report: Report
  /** The countries whose national numbers are probably meant by one without a country code. */
  homeCountries(): readonly CountryCode[] | undefined
}

/**
 * Reads a pattern that stands at `origin`, or at `at` below it. A number in a national form is an error with its E.164
 * form, as the country of the others has it.
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

/** The countries of the numbers that the routes claim; worked out when first asked for. */
export function homeCountriesOf(documents: readonly Document[]): PatternContext['homeCountries'] {
  let found: { readonly countries: readonly CountryCode[] | undefined } | undefined
  return function countries() {
    found ??= { countries: homeCountries(documents.flatMap(claimedIn)) }
    return found.countries
  }
}

function claimedIn({ tree }: Document): string[] {
  const routes: unknown[] = Array.isArray(tree.routes) ? tree.routes : []
  return routes
    .flatMap((route) => (isMap(route) ? route.to : []))
    .filter((to): to is string => typeof to === 'string')
}
