import { z } from 'zod'
import { below, type Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import type { CompileContext } from '../model/compile-context.js'
import type { Endpoint, Hop, PublicUrl, Screen } from '../model/config.js'
import { flag, text, url, whole } from '../schema/scalars.js'
import { parseTemplate } from '../template/template.js'
import { attributesOf, SAY_ATTRIBUTES } from '../twilio/attributes.js'
import { EMPTY_TWIML, fill, hole, skeleton, twimlDocument } from '../xml/document.js'
import { escapeXml, saidText, spokenMarkup } from '../xml/escape.js'
import type { DialContext } from './dial-context.js'

/** What `screen:` may be in its long form. */
interface ScreenSource {
  readonly say?: string
  readonly accept?: string
  readonly timeout?: number
  readonly voice?: string
  readonly language?: string
}

const expectedDigits = 'one to four digits'

const expectedScreen = 'true, a URL, or a map with say and accept'

export const screenSchema = z.union(
  [
    flag(),
    url(expectedScreen),
    z.strictObject({
      say: text()
        .optional()
        .describe('What the callee hears before the call is put through; may hold templates.'),
      accept: z
        .string(expectedDigits)
        .regex(/^[0-9*]{1,4}$/, expectedDigits)
        .optional()
        .describe('What the callee must press; without it the text is only said (a whisper).'),
      timeout: whole(1, 60, 'seconds').optional().describe('Seconds to wait for the digits; default: 5.'),
      voice: text().optional().describe('The voice of the text.'),
      language: text().optional().describe('The language of the text.'),
    }),
  ],
  expectedScreen,
)

/** Compiles `screen`. A `url` at the endpoint, the user's own document, takes its place. */
export function compileScreen(
  source: unknown,
  endpoints: readonly Endpoint[],
  origin: Origin,
  context: CompileContext,
): Screen | undefined {
  if (source !== true && typeof source !== 'object') return undefined
  const own = endpoints.find((endpoint) => endpoint.attributes.url)
  if (own) {
    context.report.add(
      {
        code: 'screen-document',
        message: `endpoint ${own.name} has a screening document of its own, so screen has no effect there`,
        expected: 'either screen or url',
        help: 'remove url from the endpoint, or screen here',
      },
      origin,
    )
    return undefined
  }
  const given: ScreenSource = source === true ? {} : (source as ScreenSource)
  // without a text of the user's the callee is asked to accept
  const accept = given.accept ?? (given.say === undefined ? '1' : undefined)
  const said = given.say ?? `You have a call. Press ${accept!.split('').join(' ')} to accept it.`
  const { value, problems } = parseTemplate(said, context.isTemplateName, context.templateNames)
  context.report.addAll([...problems, ...spokenMarkup(said)], below(origin, 'say'))
  return (
    value && {
      say: value,
      accept,
      timeout: given.timeout ?? 5,
      attributes: attributesOf(given as Record<string, unknown>, SAY_ATTRIBUTES),
    }
  )
}

/** Warns of a screening document that dialsip itself would answer: it dials, which no such document may. */
export function lintScreen(
  source: Readonly<Record<string, unknown>>,
  origin: Origin,
  { report, publicUrl }: Pick<DialContext, 'publicUrl' | 'report'>,
): void {
  for (const key of ['screen', 'url'] as const) {
    const url = source[key]
    if (typeof url === 'string' && isBelow(url, publicUrl)) report.add(ownDocument(url), below(origin, key))
  }
}

function isBelow(url: string, publicUrl: PublicUrl): boolean {
  return url === publicUrl.href || url.startsWith(`${publicUrl.href}/`)
}

function ownDocument(found: string): Problem {
  return {
    code: 'screen-document',
    message: `${found} is answered by dialsip with a <Dial>, which a screening document must not hold (error 13201)`,
    expected: 'a document that only says and gathers',
    found,
    help: 'write screen: true, or the URL of a document of yours',
  }
}

/** What the callee hears before the call is put through: a whisper, or a text that asks for digits. */
export function screenTwiml(screen: Screen, text: string, url: string): string {
  const say = fill(skeleton({ name: 'Say', attributes: screen.attributes, content: hole('content') }), {
    content: saidText(text),
  })
  if (screen.accept === undefined) return twimlDocument(say)
  const attributes = {
    input: 'dtmf',
    numDigits: String(screen.accept.length),
    timeout: String(screen.timeout),
    action: hole('action'),
  }
  const gather = skeleton({ name: 'Gather', attributes, content: hole('say') })
  return twimlDocument(`${fill(gather, { action: escapeXml(url), say })}<Hangup/>`)
}

/** What follows the callee's digits: nothing, which puts the call through, or the end of the callee's leg. */
export function screenedTwiml(screen: Screen, digits: string): string {
  return digits === screen.accept ? EMPTY_TWIML : twimlDocument('<Hangup/>')
}

/** Whether a callee of this hop hears something before the call is put through, and may refuse it there. */
export function isScreened({ screen, endpoints }: Hop): boolean {
  return screen !== undefined || endpoints.some(({ attributes }) => attributes.url !== undefined)
}
