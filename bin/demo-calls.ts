import type { Config } from '../src/model/config.js'
import { signatureOf } from '../src/twilio/signature.js'
import { indentXml } from '../src/xml/document.js'

/** A call of the demo: what it shows, and what comes of each of its hops. */
interface DemoCall {
  readonly title: string
  readonly to: string
  readonly from: string
  /** Parameters of the `<Dial action>` requests that follow, one after the other. */
  readonly outcomes: readonly Readonly<Record<string, string>>[]
}

export const demoCalls: readonly DemoCall[] = [
  {
    title: 'A call to a number with one SIP address',
    to: '+15551230001',
    from: '+15557650002',
    outcomes: [{ DialCallStatus: 'completed', DialSipResponseCode: '200' }],
  },
  {
    title: 'Frankfurt answers 503, so Dublin rings; Dublin is busy, so the caller gets the voicemail',
    to: '+4930123456',
    from: '+491701234567',
    outcomes: [
      { DialCallStatus: 'failed', DialSipResponseCode: '503' },
      { DialCallStatus: 'busy', DialSipResponseCode: '486' },
    ],
  },
  { title: 'A number that no route claims', to: '+15550000000', from: 'anonymous', outcomes: [] },
]

interface Demo {
  readonly config: Config
  readonly token: string
  readonly address: string
  say(text: string): unknown
}

/** Places the calls as Twilio would: each request signed for `publicUrl`, each `action` of the TwiML followed. */
export async function placeCalls(demo: Demo, calls: readonly DemoCall[]): Promise<void> {
  for (const [at, call] of calls.entries()) {
    demo.say(`${at + 1}. ${call.title}\n\n`)
    const base = {
      AccountSid: demo.config.accounts[0]!.sid,
      CallSid: `CA${String(at + 1).padStart(32, '0')}`,
      From: call.from,
      To: call.to,
      CallStatus: 'ringing',
      Direction: 'inbound',
      ApiVersion: '2010-04-01',
    }
    let next: string | undefined = `${demo.config.publicUrl.href}/voice`
    for (const outcome of [{}, ...call.outcomes]) {
      if (next) next = await request(demo, next, { ...base, ...outcome })
    }
  }
}

/** Sends one webhook and shows it with its answer; gives the URL that the answer leads to. */
async function request(
  { config, token, address, say }: Demo,
  url: string,
  params: Record<string, string>,
): Promise<string | undefined> {
  const local = address + url.slice(config.publicUrl.origin.length)
  const signature = signatureOf(token, url, params)
  const body = new URLSearchParams(params).toString()
  say(`   $ curl '${local}' \\\n       -H 'X-Twilio-Signature: ${signature}' \\\n       -d '${body}'\n\n`)
  const response = await fetch(local, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
  })
  const twiml = await response.text()
  say(`${indentXml(twiml).replaceAll(/^/gm, '   ')}\n\n`)
  return /<Dial[^>]* action="([^"]*)"/.exec(twiml)?.[1]?.replaceAll('&amp;', '&')
}
