import { parseSipAddress } from '../sip/address.js'

export interface NumberAddress {
  readonly kind: 'number'
  readonly text: string
  readonly number: number
}

export interface CalledSipAddress {
  readonly kind: 'sip'
  readonly text: string
  readonly user: string
  /** As `sipDomain` gives it. */
  readonly host: string
  /** There when the user is a number in E.164 form: `sip:+27821234567;npdi@…`. */
  readonly number?: NumberAddress
}

/** A Voice SDK client: `client:joey`. */
interface ClientAddress {
  readonly kind: 'client'
  readonly text: string
  readonly name: string
}

/** The caller withheld the number, or what Twilio sent is neither of the others. */
interface OtherAddress {
  readonly kind: 'anonymous' | 'other'
  readonly text: string
}

/** Who calls or is called: what Twilio sends as `To`, `From` or `ForwardedFrom`, taken apart. */
export type Address = NumberAddress | CalledSipAddress | ClientAddress | OtherAddress

/** Reads whatever Twilio sends; what it does not know is of kind `other`. Never throws. */
export function parseAddress(text: string): Address {
  if (isWithheld(text)) return { kind: 'anonymous', text }
  if (isE164(text)) return numberAddress(text)
  if (/^client:./.test(text)) return { kind: 'client', text, name: text.slice('client:'.length) }
  const address = parseSipAddress(text)
  return address ? sipAddress(text, address.user, sipDomain(address.host)) : { kind: 'other', text }
}

/** The same for who calls, or has forwarded a call. As a caller, some numbers and SIP users mean a withheld number. */
export function parseCaller(text: string): Address {
  if (isWithheldCaller(text)) return { kind: 'anonymous', text }
  const address = parseAddress(text)
  const isHidden = address.kind === 'sip' && address.user !== '' && isWithheldCaller(subscriber(address.user))
  return isHidden ? { kind: 'anonymous', text } : address
}

/** The phone number of an address, also where it is the user of a SIP address. */
export function numberOf(address: Address): NumberAddress | undefined {
  if (address.kind === 'number') return address
  return address.kind === 'sip' ? address.number : undefined
}

function numberAddress(text: string): NumberAddress {
  return { kind: 'number', text, number: Number(text) }
}

/** What is before the parameters of a telephone-subscriber, without visual separators (RFC 3966 §3). */
export function subscriber(user: string): string {
  return user.replace(/;.*$/s, '').replace(/[-.()]/g, '')
}

/** RFC 3323 §4.1: a caller who wants privacy is `sip:anonymous@anonymous.invalid`. */
function sipAddress(text: string, user: string, host: string): CalledSipAddress | OtherAddress {
  const anonymous = user.toLowerCase() === 'anonymous' || host === 'anonymous.invalid'
  if (anonymous) return { kind: 'anonymous', text }
  const number = user.startsWith('+') ? subscriber(user) : ''
  return { kind: 'sip', text, user, host, ...(isE164(number) && { number: numberAddress(number) }) }
}

/**
 * The name by which a SIP host is compared: lower-cased, without the dot of a rooted name, and a Twilio SIP
 * domain without the region or edge through which the call came: `acme.sip.us1.twilio.com` is
 * `acme.sip.twilio.com` (Twilio, "SIP Registration": `{domain-name}.sip.{edge-location}.twilio.com`).
 */
export function sipDomain(host: string): string {
  return host.toLowerCase().replace(/\.$/, '').replace(LOCALIZED, '$1.twilio.com')
}

/** In `a.sip.sip.twilio.com` the second `sip` is no place: the domain itself is called `a.sip`. */
const LOCALIZED = /^(.+\.sip)\.(?!sip\.)[^.]+\.twilio\.com$/

/**
 * Whether a text is a number in E.164 form, as Twilio writes it: `+`, a digit from 1 to 9, 1 to 14 digits
 * more.
 */
export function isE164(text: string): boolean {
  return /^\+[1-9]\d{1,14}$/.test(text)
}

/** The most digits that E.164 allows, country code included. As a JavaScript number they are still exact. */
export const MOST_DIGITS = 15

/** What Twilio writes in place of a number that the caller does not show, in any case. */
const WORDS: ReadonlySet<string> = new Set([
  '',
  'anonymous',
  'blocked',
  'private',
  'restricted',
  'unavailable',
  'unknown',
])

/**
 * The same words as Twilio spells them on a keypad, from its article "Why am I getting calls from these
 * strange numbers?". They look like E.164, but no country has numbers such as these.
 */
const KEYPAD_SPELLINGS: ReadonlySet<string> = new Set([
  '+266696687', // ANONYMOUS
  '+2562533', // BLOCKED
  '+464', // no caller id at all
  '+7378742833', // RESTRICTED
  '+86282452253', // UNAVAILABLE
  '+8656696', // UNKNOWN
])

/**
 * How else the spellings arrive as a caller: with the +1 of North America before them, and without the plus. One of
 * them, +17378742833, could be a number in Texas; as a caller it is taken for RESTRICTED, as which it is seen.
 */
const OTHER_SPELLINGS: ReadonlySet<string> = new Set(
  [...KEYPAD_SPELLINGS]
    .filter((spelling) => spelling !== '+464')
    .flatMap((spelling) => {
      const digits = spelling.slice(1)
      return [digits, `1${digits}`, `+1${digits}`]
    }),
)

/** Whether a text means a number that is not shown, and no number that could be called. */
export function isWithheld(text: string): boolean {
  return text.startsWith('+') ? KEYPAD_SPELLINGS.has(text) : WORDS.has(text.toLowerCase())
}

/** Whether a `From` says that the caller withheld the number. */
export function isWithheldCaller(text: string): boolean {
  return isWithheld(text) || OTHER_SPELLINGS.has(text)
}
