import { create } from 'xmlbuilder2'
import type { Paint } from '../../src/errors/print.js'
import { visible, visibleAll } from '../../src/errors/visible.js'
import { escapeXml } from '../../src/xml/escape.js'
import type { TwimlVerb } from '../play/twiml.js'
import type { ComparedCall, MeaningDifference } from './compare-call.js'
import type { GivenDocument } from './play-way.js'
import type { AskedCall } from './questions.js'

/** A comparison of many calls, ready to be shown: secrets are masked. */
export interface ComparisonReport {
  readonly old: string
  readonly counts: Readonly<Record<ComparedCall['result'], number>> & { readonly notAsked: number }
  /** How many requests the old webhook got. */
  readonly requests: number
  readonly calls: readonly ReportedCall[]
}

interface ReportedCall {
  readonly to: string
  readonly from: string
  readonly account: string
  /** ISO 8601; null for the moment of asking. */
  readonly at: string | null
  readonly result: ComparedCall['result']
  readonly why: string
  readonly differences: readonly ReportedDifference[]
}

interface ReportedDifference {
  readonly after: readonly string[]
  readonly what: string
  readonly old: ShownDocument
  readonly new: ShownDocument
}

interface ShownDocument {
  readonly url: string
  readonly twiml: string
}

/** `all` are the calls that were wanted; the last of them may not have been asked about. */
export function comparisonReport(
  old: { readonly start: string; readonly sent: number },
  all: number,
  compared: readonly ComparedCall[],
  mask: (text: string) => string,
): ComparisonReport {
  const count = (result: ComparedCall['result']) => compared.filter((one) => one.result === result).length
  return {
    old: mask(old.start),
    counts: {
      equal: count('equal'),
      different: count('different'),
      unsupported: count('unsupported'),
      unanswered: count('unanswered'),
      notAsked: all - compared.length,
    },
    requests: old.sent,
    calls: compared.map(({ call, result, why, differences }) => ({
      ...partiesOf(call),
      at: atText(call),
      result,
      why: mask(why),
      differences: differences.map((one) => reported(one, mask)),
    })),
  }
}

function partiesOf({ params }: AskedCall) {
  const { To = '', From = '', AccountSid = '' } = params
  return { to: To, from: From, account: AccountSid }
}

function atText({ at }: AskedCall): string | null {
  return at === undefined ? null : new Date(at).toISOString()
}

function reported(
  { after, what, old, new: other }: MeaningDifference,
  mask: (text: string) => string,
): ReportedDifference {
  return { after, what, old: shown(old, mask), new: shown(other, mask) }
}

function shown({ url, verbs }: GivenDocument, mask: (text: string) => string): ShownDocument {
  const lines = ['<Response>', ...verbs.flatMap((verb) => verbLines(verb, '  ')), '</Response>']
  return { url: mask(url), twiml: mask(lines.join('\n')) }
}

function verbLines({ name, attributes, text, nouns }: TwimlVerb, indent: string): string[] {
  const written = Object.entries(attributes).map(([key, value = '']) => ` ${key}="${escapeXml(value)}"`)
  const tag = `${indent}<${name}${written.join('')}`
  if (nouns.length === 0) return [text === '' ? `${tag}/>` : `${tag}>${escapeXml(text)}</${name}>`]
  const inside = nouns.flatMap((noun) => verbLines(noun, `${indent}  `))
  return [`${tag}>${escapeXml(text)}`, ...inside, `${indent}</${name}>`]
}

/** The report for people: what is equal is counted, the rest is listed. */
export function comparisonText(given: ComparisonReport, paint: Paint): string {
  const { counts, calls } = visibleLines(given)
  const listed = calls.filter(({ result }) => result !== 'equal').map((call) => callText(call, paint))
  const left = counts.notAsked > 0 ? `, ${counts.notAsked} not asked` : ''
  return `${[
    ...listed,
    `${counts.equal} equal, ${counts.different} different, ${counts.unsupported} unsupported, ${counts.unanswered} without an answer${left}`,
  ].join('\n')}\n`
}

/** Lines of a document are lines; anything else that is not to be seen is made visible. */
function visibleLines(report: ComparisonReport): ComparisonReport {
  const lines = ({ url, twiml }: ShownDocument) => ({ url, twiml: twiml.split('\n').map(visible).join('\n') })
  return {
    ...report,
    calls: report.calls.map((call) => ({
      ...visibleAll(call),
      differences: call.differences.map((one) => ({
        ...visibleAll(one),
        old: lines(one.old),
        new: lines(one.new),
      })),
    })),
  }
}

function callText(call: ReportedCall, paint: Paint): string {
  const head = paint(call.result === 'different' ? 'red' : 'yellow', call.result)
  const title = `${head}  ${titleOf(call)}`
  if (call.result !== 'different') return `${title}\n    ${call.why}\n`
  return [title, ...call.differences.map(differenceText), ''].join('\n')
}

function titleOf({ to, from, at }: ReportedCall): string {
  return `${to} from ${from || 'anonymous'}${at === null ? '' : ` at ${at}`}`
}

function differenceText({ after, what, old, new: other }: ReportedDifference): string {
  const when = after.length > 0 ? `after ${after.join(' or ')}: ` : ''
  return [`    ${when}${what}`, ...sideBySide(old, other).map((line) => `    ${line}`)].join('\n')
}

/** So wide is a column at most; what is longer goes on in the next line. */
const WIDEST = 60

function sideBySide(old: ShownDocument, other: ShownDocument): string[] {
  const columns = [old, other].map(({ url, twiml }) =>
    [url.replace(/\?.*/, ''), ...twiml.split('\n')].flatMap(broken),
  )
  const [left, right] = columns as [string[], string[]]
  const width = Math.max(...left.map(({ length }) => length))
  const rows = Math.max(left.length, right.length)
  return Array.from({ length: rows }, (_, at) =>
    `${(left[at] ?? '').padEnd(width)} | ${right[at] ?? ''}`.trimEnd(),
  )
}

function broken(line: string): string[] {
  return line.match(new RegExp(`^$|.{1,${WIDEST}}`, 'gu'))!
}

/** The report as JUnit XML; a call that is not equal is a failure. */
export function comparisonJunit(report: ComparisonReport): string {
  const { calls } = visibleLines(report)
  const failures = calls.filter(({ result }) => result !== 'equal').length
  const suite = {
    '@name': 'dialsip compare',
    '@tests': calls.length,
    '@failures': failures,
    testcase: calls.map(testcase),
  }
  const document = create({ version: '1.0', encoding: 'UTF-8' }, { testsuites: { testsuite: suite } })
  return `${document.end({ prettyPrint: true })}\n`
}

function testcase(call: ReportedCall): object {
  const attributes = { '@name': titleOf(call), '@classname': 'dialsip compare' }
  if (call.result === 'equal') return attributes
  const message = call.why || call.differences.map(({ what }) => what).join('; ')
  const text = call.differences.map(differenceText).join('\n')
  return { ...attributes, failure: { '@message': `${call.result}: ${message}`, '#': text } }
}
