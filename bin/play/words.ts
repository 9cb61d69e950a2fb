import { endpointsIn, readPlan } from '../../src/dial/plan.js'
import { visible, visibleJson } from '../../src/errors/visible.js'
import { parseForm } from '../../src/twilio/form.js'
import { indentXml } from '../../src/xml/document.js'
import type { PlayedStep } from './call.js'
import type { TwimlVerb } from './twiml.js'

/** The width of the first column: the longest webhook. */
const WEBHOOK_WIDTH = '/recorded  '.length

const SECOND = ' '.repeat(WEBHOOK_WIDTH)

/** How a played call is shown. */
export interface Shown {
  /** With every TwiML document. */
  readonly twiml: boolean
  /** What must not be seen is replaced. */
  readonly mask: (text: string) => string
}

/** A step of a played call as a line, and below it perhaps the document. */
export function stepText(step: PlayedStep, { twiml, mask }: Shown): string {
  const line = mask(visible(lineOf(step)))
  if (step.kind !== 'asked' || !twiml) return `${line}\n`
  const document = mask(indentXml(step.twiml))
    .split('\n')
    .map((row) => SECOND + visible(row))
  return `${[line, ...document].join('\n')}\n`
}

function lineOf(step: PlayedStep): string {
  switch (step.kind) {
    case 'asked':
      return step.webhook.padEnd(WEBHOOK_WIDTH) + does(step.verbs, step.webhook)
    case 'rung':
      return `${SECOND}${hopText(step.hop)}: ${step.outcome}${step.code === undefined ? '' : ` (${step.code})`}`
    case 'referred':
      return `${SECOND}${step.endpoint} transfers the call to ${step.target}${step.taken ? '' : ': refused, the dial has no referUrl'}`
    case 'recorded':
      return `${SECOND}the caller leaves a message`
  }
}

/** The names of what rings at once. */
function hopText(hop: string): string {
  return endpointsIn(hop).join(' and ')
}

function does(verbs: readonly TwimlVerb[], webhook: string): string {
  if (verbs.length > 0) return upToNextWebhook(verbs).map(verbText).join(', ')
  return webhook === '/screen' ? 'the call is put through' : 'nothing more'
}

/** What is done before Twilio asks again. */
function upToNextWebhook(verbs: readonly TwimlVerb[]): readonly TwimlVerb[] {
  const last = verbs.findIndex(
    ({ name, attributes }) => ASKING.includes(name) && attributes.action !== undefined,
  )
  return last < 0 ? verbs : verbs.slice(0, last + 1)
}

const ASKING = ['Dial', 'Record']

function verbText({ name, attributes, text, nouns }: TwimlVerb): string {
  const word = Object.hasOwn(WORDS, name) ? WORDS[name]! : name
  switch (name) {
    case 'Dial':
      return dialText(attributes.action ?? '', nouns)
    case 'Gather':
      return `${does(nouns, '')}, waits for a key`
    case 'Say':
      return `${word} "${cutShort(text)}"`
    case 'Pause':
      return `${word} ${attributes.length ?? '1'} s`
    case 'Record':
      return `${word}, at most ${attributes.maxLength ?? '3600'} s`
    case 'Reject':
      return `${word} the call${attributes.reason === 'busy' ? ' as busy' : ''}`
    default:
      return text === '' ? word : `${word} ${text}`
  }
}

const WORDS: Readonly<Record<string, string>> = {
  Say: 'says',
  Play: 'plays',
  Pause: 'waits',
  Record: 'records',
  Redirect: 'goes on with',
  Reject: 'rejects',
  Hangup: 'hangs up',
}

function dialText(action: string, nouns: readonly TwimlVerb[]): string {
  const plan = readPlan(parseForm(action.slice(action.indexOf('?') + 1)))
  const addresses = nouns.map(({ text }) => text.replace(/\?[^@]*$/, '')).join(' and ')
  const name = plan && hopText(plan.hop)
  return name === undefined || addresses.startsWith(name)
    ? `rings ${addresses}`
    : `rings ${name}, ${addresses}`
}

const LONGEST_SAID = 50

function cutShort(text: string): string {
  return text.length > LONGEST_SAID ? `${text.slice(0, LONGEST_SAID)}…` : text
}

/** A played call as JSON, without the verbs of each step, which are in its document. */
export function playedJson(played: object, mask: (text: string) => string): string {
  const masked = JSON.stringify(played, (key, value: unknown) => {
    if (key === 'verbs') return undefined
    return typeof value === 'string' ? mask(value) : value
  })
  return visibleJson(JSON.parse(masked))
}
