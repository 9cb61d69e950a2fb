import { DOMParser } from '@xmldom/xmldom'
import { select } from 'xpath'
import type { Explanation } from '../explain/explanation.js'
import type { TestSource } from '../schema/test-case.js'

/** An expectation that is not met. */
export interface Mismatch {
  /** The key under `expect`, such as `dials` or `headers.X-Tenant`. */
  readonly what: string
  readonly expected: string
  readonly got: string
}

type Expect = TestSource['expect']

type Checks = {
  readonly [K in keyof Expect]-?: (explanation: Explanation, expected: NonNullable<Expect[K]>) => Mismatch[]
}

const CHECKS: Checks = {
  route: ({ route }, expected) => same('route', expected, route),
  rule: ({ rule }, expected) => same('rule', expected, rule),
  dials: ({ dials }, expected) => sameList('dials', expected, dials),
  region: (explanation, expected) => sameList('region', expected, targetsOf(explanation, 'region')),
  uri: (explanation, expected) => sameList('uri', expected, targetsOf(explanation, 'uri')),
  headers: (explanation, expected) => {
    const headers = explanation.steps[0]!.hop?.targets[0]?.headers ?? {}
    return each('headers', expected, (name) => headers[name] ?? 'no such header')
  },
  action: ({ end }, expected) => same('action', expected, end),
  twiml: ({ steps }, expected) => same('twiml', withoutLayout(expected), withoutLayout(steps[0]!.twiml)),
  xpath: ({ steps }, expected) =>
    each('xpath', expected, (expression) => evaluateXPath(expression, steps[0]!.twiml)),
  reason: ({ steps }, expected) => {
    const reasons = steps.map(({ reason }) => reason)
    return reasons.some((reason) => reason.includes(expected))
      ? []
      : [{ what: 'reason', expected, got: reasons.join(' | ') }]
  },
}

/** What of the expectations of a case an explanation does not meet. */
export function mismatches(explanation: Explanation, expect: Expect): Mismatch[] {
  return Object.entries(expect).flatMap(([key, expected]) =>
    expected === undefined ? [] : CHECKS[key as keyof Checks](explanation, expected as never),
  )
}

function same(what: string, expected: string, got: string): Mismatch[] {
  return expected === got ? [] : [{ what, expected: expected || 'none', got: got || 'none' }]
}

function sameList(what: string, expected: readonly string[], got: readonly string[]): Mismatch[] {
  return same(what, expected.join(', '), got.join(', '))
}

function each(
  what: string,
  expected: Readonly<Record<string, string>>,
  value: (name: string) => string,
): Mismatch[] {
  return Object.entries(expected).flatMap(([name, text]) => same(`${what}.${name}`, text, value(name)))
}

/** Of every `<Sip>` and `<Number>` that rings, in order. */
function targetsOf({ steps }: Explanation, key: 'region' | 'uri'): string[] {
  return steps.flatMap(({ hop }) => hop?.targets.map((target) => target[key]) ?? [])
}

/** The XML declaration, and white space between elements, say nothing to Twilio. */
function withoutLayout(xml: string): string {
  return xml
    .replace(/^\s*<\?xml[^>]*\?>/, '')
    .replace(/>\s+</g, '><')
    .replace(/\s*\/>/g, '/>')
    .trim()
}

/** The text that an XPath 1.0 expression gives over an XML document; of several nodes the first, in words what is wrong. */
export function evaluateXPath(expression: string, xml: string): string {
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  try {
    const found = select(expression, document as never)
    if (!Array.isArray(found)) return String(found)
    return found.length === 0 ? 'no such node' : textOf(found[0] as unknown as Node)
  } catch (error) {
    return `not an XPath expression: ${(error as Error).message}`
  }
}

/** As much of a DOM node as its text needs. */
interface Node {
  readonly textContent: string | null
}

function textOf({ textContent }: Node): string {
  return textContent ?? ''
}
