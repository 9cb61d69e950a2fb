import type { Account, RestSettings } from '../model/config.js'
import { hostedAt } from '../rest/account-api.js'
import { TOO_MANY, TwilioFailure, type World, withRetries } from '../rest/failure.js'
import type { VoiceSettings } from '../rest/voice-resources.js'
import { withoutPasswords } from '../sip/passwords.js'
import { signatureOf, signingKey } from '../twilio/signature.js'
import { type Draft, nameOf, plainText } from './draft.js'
import type { ReadAccount, StudioFlow } from './twilio-account.js'

/** A widget of a flow, and what replaces it here. */
export interface WidgetRow {
  readonly flow: string
  readonly widget: string
  readonly type: string
  /** The key of the config language; empty when there is none. */
  readonly counterpart: string
  readonly says: string
}

type Counterpart = readonly [key: string, says: string]

const NONE = ''
const STAYS = 'stays in Studio: `redirect` hands the call there'

/** Widgets by Studio's names ("Widget Library"), the nouns of connect-call-to after a colon. */
const COUNTERPARTS: Readonly<Record<string, Counterpart>> = {
  trigger: ['to', 'the route of the number'],
  'say-play': ['say', 'or `play` for an audio file'],
  'connect-call-to': ['dial', 'a list of hops fails over'],
  'connect-call-to:sip': ['dial', 'the SIP URI; a list of hops fails over'],
  'connect-call-to:number': ['dial', '`{ number: … }`'],
  'connect-call-to:number-multi': ['dial', '`{ ring: [{ number: … }, …] }`'],
  'connect-call-to:client': [NONE, 'a Twilio Client has no SIP address; it stays in Studio'],
  'connect-call-to:conference': [NONE, 'there are no conferences here; it stays in Studio'],
  'record-voicemail': ['record', 'a voicemail'],
  'record-call': ['record', 'next to `dial`'],
  'split-based-on': ['rules', '`if` with `from`, `schedule` or `params`; a menu stays in Studio'],
  'run-function': ['schedules', 'if it asks for opening hours; else it stays a Function'],
  'add-twiml-redirect': ['redirect', 'the same URL'],
  'make-outgoing-call-v2': ['dialsip call', 'or `POST /api/calls`'],
  'set-variables': [NONE, 'a call has no variables here, but its parameters are in templates'],
  'gather-input-on-call': [NONE, `keys and speech are not read here; ${STAYS}`],
  'send-to-flex': [NONE, `Flex takes calls from Studio only; ${STAYS}`],
  'enqueue-call': [NONE, `there are no queues here; ${STAYS}`],
  'make-http-request': [NONE, `no call waits for a foreign server here; ${STAYS}`],
  'run-subflow': ['redirect', 'to the flow that it runs'],
  'send-message': [NONE, STAYS],
  'send-and-wait-for-reply': [NONE, STAYS],
  'capture-payments': [NONE, STAYS],
  'fork-stream': [NONE, STAYS],
}

/** What of a flow could be written here, widget by widget. A flow is not converted: people decide what it means. */
export function widgetRows({ name, widgets }: StudioFlow): WidgetRow[] {
  return widgets.map(({ name: widget, type, noun }) => {
    const [counterpart, says] = COUNTERPARTS[`${type}:${noun}`] ?? COUNTERPARTS[type] ?? UNKNOWN
    return { flow: name, widget, type: noun === '' ? type : `${type} (${noun})`, counterpart, says }
  })
}

const UNKNOWN: Counterpart = [NONE, `dialsip does not know this widget; ${STAYS}`]

/** A URL for people: without a password and without a query, which may hold a key. */
export function shown(url: string): string {
  return withoutPasswords(url).replace(/\?.*$/, '?…')
}

/** A route that hands calls on is called after where they go. */
export function webhookName(url: string): string {
  const { hostname, pathname } = new URL(url)
  const sid = /(?:FW|EH)\w{28}(\w{4})/.exec(pathname)
  return sid ? `${sid[0].slice(0, 2)}-${sid[1]}` : nameOf(hostname)
}

/** A password in a URL, and what looks like a key in its query, is a reference in the config. */
export function withoutSecrets(url: string, name: string, draft: Draft): string {
  const hidden = hidePassword(url, `${name}_PASSWORD`, `password of ${shown(url)}`, draft)
  return hidden.replace(SECRET_PARAMETER, (all, key: string, value: string) => {
    if (templated(value) !== value) return all
    const parameter = /\w+/.exec(key)![0]
    return `${key}${draft.secret(`${name}_${parameter}`, `${parameter} of ${shown(url)}`, value)}`
  })
}

/** A URI as the config has it, with a reference in place of its password. */
export function hidePassword(uri: string, wanted: string, where: string, draft: Draft): string {
  const [, start = '', password, end = ''] =
    /^((?:https?:\/\/|sips?:)[^/?#@:]*:)([^@]+)(@.*)$/is.exec(uri) ?? []
  if (password === undefined) return plainText(uri)
  return plainText(start) + draft.secret(wanted, where, password) + plainText(end)
}

/** The user of a SIP URI, or its host where the user is no word. */
export function endpointName(uri: string): string {
  const [, user = '', host = uri] = /^sips?:(?:([^@:]*)(?::[^@]*)?@)?([^;?]*)/i.exec(uri) ?? []
  return /^[a-z][\w.-]*$/i.test(user) ? user : host
}

/** A SIP URI of the source as an endpoint has it. `{{To}}` is the user of one that has none. */
export function endpointUri(uri: string, draft: Draft): string {
  const whole = uri.includes('@') ? uri : uri.replace(/^(sips?:)/i, '$1{{To}}@')
  return hidePassword(
    whole,
    `${endpointName(uri)}_SIP_PASSWORD`,
    `password of ${withoutPasswords(uri)}`,
    draft,
  )
}

const SECRET_PARAMETER =
  /([?&](?:[\w-]*(?:token|secret|passw|api_?key|signature)[\w-]*|key|sig|code)=)([^&#]+)/gi

/** Who answers at a URL that is no TwiML Bin. None of them is asked: what runs there has effects. */
export function webhookOf(
  url: URL,
  { flows }: ReadAccount,
): { readonly says: string; readonly section: string } {
  const { hostname, pathname } = url
  const [flow] = /FW\w{32}/i.exec(pathname) ?? []
  if (flow && /^webhooks\./.test(hostname)) {
    const name = flows.find(({ sid }) => sid === flow)?.name ?? 'not in this account'
    return { says: `Studio flow ${flow} (${name}) decides`, section: 'a-studio-flow' }
  }
  if (/^(www\.)?twimlets\.com$/.test(hostname)) {
    const [, kind = ''] = pathname.split('/')
    return { says: `the twimlet ${kind}${TWIMLETS[kind] ?? ''}`, section: 'a-twimlet' }
  }
  if (/\.twil\.io$/.test(hostname))
    return {
      says: `a Twilio Function at ${hostname} decides; it is never called by an import`,
      section: 'a-twilio-function',
    }
  if (hostname === 'demo.twilio.com')
    return { says: "Twilio's demo greets the caller", section: 'a-foreign-webhook' }
  return {
    says: `a webhook at ${hostname} decides; it is never called by an import`,
    section: 'a-foreign-webhook',
  }
}

/** Twilio's twimlets, and what would be written for them. */
const TWIMLETS: Readonly<Record<string, string>> = {
  forward: '; write `dial: [{ number: … }]`',
  simulring: '; write `dial: [{ ring: [{ number: … }, …] }]`',
  findme: '; write `dial` with a list of numbers, and `screen`',
  voicemail: '; write `say` and `record`',
  message: '; write `say` or `play`',
  holdmusic: '; write `play`',
}

/** URLs of today that Twilio no longer requests once calls come to dialsip. */
export function unheard({ voiceFallbackUrl, statusCallback }: VoiceSettings, publicUrl: string): string[] {
  return [
    voiceFallbackUrl === '' ? [] : [`its fallback URL ${shown(voiceFallbackUrl)} stays as it is at Twilio`],
    statusCallback === '' || statusCallback.startsWith(publicUrl)
      ? []
      : [
          `its status callback ${shown(statusCallback)} is replaced by dialsip's own with \`dialsip numbers --apply\``,
        ],
  ].flat()
}

/** A TwiML Bin, whose content may be asked for: asking has no effect. */
export function isBin(url: string): boolean {
  return /^https:\/\/handler\.twilio\.com\/twiml\/EH/i.test(url)
}

/** Values in place of the parameters of a call, by which a template of a TwiML Bin shows in what it gives. */
export const MARKERS: Readonly<Record<string, string>> = {
  To: '+12025550187',
  From: '+12025550164',
  CallSid: `CA${'d1a151b'.repeat(4)}0000`,
  FromCity: 'Dialsipfromcity',
  FromState: 'Dialsipfromstate',
  ToCity: 'Dialsiptocity',
  CallerName: 'Dialsipcallername',
}

/** Twilio fills a template before it is seen here, so the value that it was given is written back as its name. */
export function templated(text: string): string {
  return Object.entries(MARKERS).reduce(
    (all, [name, value]) =>
      all.replaceAll(value, `{{${name}}}`).replaceAll(encodeURIComponent(value), `{{${name}}}`),
    text,
  )
}

/**
 * What a bin gives for a call, asked for as Twilio does: no API lists or shows bins ("TwiML Bins", testing). Undefined when
 * Twilio does not give it out, or there is no auth token to sign with. Throws `TwilioFailure`.
 */
export async function readBin(
  url: string,
  account: Account,
  settings: RestSettings,
  world: World,
): Promise<string | undefined> {
  const [token] = account.authTokens
  if (token === undefined) return undefined
  const params = { AccountSid: account.sid, ApiVersion: '2010-04-01', Direction: 'inbound', ...MARKERS }
  const form = new URLSearchParams(params).toString()
  const bare = new URL(url).href.replace(/#.*/s, '')
  const asked = `${bare}${bare.includes('?') ? '&' : '?'}${form}`
  const got = await signed(asked, signatureOf(signingKey(token), asked, {}), { method: 'GET' })
  // a bin that wants the method of most webhooks; it has no effect either
  return got ?? signed(bare, signatureOf(signingKey(token), bare, params), { method: 'POST', body: form })

  function signed(at: string, signature: string, sent: RequestInit): Promise<string | undefined> {
    const headers = { 'x-twilio-signature': signature, 'content-type': 'application/x-www-form-urlencoded' }
    return withRetries(() => answerOf(hostedAt(settings.apiBaseUrl, at), { ...sent, headers }), true, world)
  }
}

async function answerOf(url: string, sent: RequestInit): Promise<string | undefined> {
  const { status, text } = await answered(url, sent)
  if (status < 300) return text
  if (status !== TOO_MANY && status < 500) return undefined
  const message = `Twilio answers with HTTP ${status}`
  throw new TwilioFailure(message, 'none', { status, code: undefined, message, moreInfo: undefined })
}

const TIMEOUT_MS = 15_000

async function answered(url: string, sent: RequestInit): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, {
      ...sent,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return { status: response.status, text: await response.text() }
  } catch (error) {
    throw new TwilioFailure(`TwiML Bins cannot be reached (${(error as Error).message})`, 'none')
  }
}
