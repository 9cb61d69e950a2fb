import type { Hop, Screen } from '../model/config.js'
import { EMPTY_TWIML, fill, hole, skeleton, twimlDocument } from '../xml/document.js'
import { escapeXml, saidText } from '../xml/escape.js'

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
