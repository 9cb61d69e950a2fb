import { createHmac } from 'node:crypto'
import { ACCOUNT, numberAt, TOKEN } from './config.js'
import { random } from './random.js'

/** A signed webhook as Twilio would send it. */
export interface SignedWebhook {
  readonly params: Readonly<Record<string, string>>
  readonly body: string
  readonly signature: string
  /** What Twilio sends with every webhook, to tell a repetition from a new one. */
  readonly idempotencyToken: string
}

/** Where Twilio sends calls that come in. */
const URL = 'https://voice.example.com/voice'

/** Different webhooks of calls to the first so many numbers of the plan, the same in every run. */
export function signedWebhooks(count: number, numbers: number): SignedWebhook[] {
  const next = random(20_261_120)
  return Array.from({ length: count }, () => signed(paramsOf(next, numbers), next))
}

function signed(params: Record<string, string>, next: (end: number) => number): SignedWebhook {
  const text = Object.keys(params)
    .sort()
    .reduce((all, name) => all + name + params[name], URL)
  return {
    params,
    body: new URLSearchParams(params).toString(),
    signature: createHmac('sha1', TOKEN).update(text).digest('base64'),
    idempotencyToken: `${hex(next, 8)}-${hex(next, 4)}-${hex(next, 4)}-${hex(next, 12)}`,
  }
}

const PLACES = [
  { prefix: '+49', City: 'MÜNCHEN', State: 'Bayern', Zip: '80331', Country: 'DE' },
  { prefix: '+44', City: 'LONDON', State: '', Zip: '', Country: 'GB' },
  { prefix: '+1415', City: 'SAN FRANCISCO', State: 'CA', Zip: '94107', Country: 'US' },
  { prefix: '+33', City: 'SAINT-ÉTIENNE', State: 'Auvergne-Rhône-Alpes', Zip: '42000', Country: 'FR' },
  { prefix: '+3531', City: "DÚN LAOGHAIRE & O'CONNELL", State: 'Dublin', Zip: '', Country: 'IE' },
] as const

/** 22 to 26 parameters, by Twilio's names. */
function paramsOf(next: (end: number) => number, numbers: number): Record<string, string> {
  const place = PLACES[next(PLACES.length)]!
  const from = next(50) === 0 ? 'anonymous' : place.prefix + String(10_000_000 + next(89_999_999))
  const to = numberAt(next(numbers))
  const called = { City: 'HOUSTON', State: 'TX', Zip: String(77_000 + next(99)), Country: 'US' }
  return {
    AccountSid: ACCOUNT,
    ApiVersion: '2010-04-01',
    CallSid: `CA${hex(next, 32)}`,
    CallStatus: 'ringing',
    Direction: 'inbound',
    From: from,
    To: to,
    Caller: from,
    Called: to,
    CalledCountry: called.Country,
    ...party('From', place),
    ...party('To', called),
    ...(next(2) === 0 && party('Caller', place)),
    ...(next(3) > 0 && { StirVerstat: ['TN-Validation-Passed-A', 'No-TN-Validation'][next(2)]! }),
    ...(next(4) === 0 && { ForwardedFrom: numberAt(next(numbers)) }),
    CallToken: JSON.stringify({ parentCallInfoToken: hex(next, 160) }),
    CallerName: ['', 'ACME GmbH & Co. KG', 'Jörg Müller', '“Quotes” <tags>'][next(4)]!,
  }
}

function party(who: string, place: Readonly<Record<'City' | 'State' | 'Zip' | 'Country', string>>) {
  const { City, State, Zip, Country } = place
  return { [`${who}City`]: City, [`${who}State`]: State, [`${who}Zip`]: Zip, [`${who}Country`]: Country }
}

function hex(next: (end: number) => number, length: number): string {
  let text = ''
  while (text.length < length) text += next(16).toString(16)
  return text
}
