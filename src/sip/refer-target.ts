import { percentDecode } from './escape.js'
import { withoutPasswords } from './passwords.js'
import { addrSpec } from './uri.js'

// Refer-To = ( name-addr / addr-spec ) *( ";" param )        RFC 3515 §2.1
// tel      = "tel:" "+" *( DIGIT / visual-separator ) params  RFC 3966 §3
// visual-separator = "-" / "." / "(" / ")"

/** What is before the host, the password, parameters and headers. */
const USER = /^(?:tel|sips?):([^@:;?]*)/i

const GLOBAL_NUMBER = /^\+[\d().-]+$/

/**
 * The address that a REFER names, as Twilio would say it in `To`: Twilio sends `<sip:…>`, `<tel:+1…>` or the bare URI.
 * A user part that is a number is that number, without its separators; headers and a password are no part of an address.
 */
export function referTarget(text: string): string {
  const uri = addrSpec(text)
  const user = USER.exec(uri)?.[1] ?? ''
  const number = percentDecode(user) ?? user
  return GLOBAL_NUMBER.test(number)
    ? `+${number.replace(/\D/g, '')}`
    : withoutPasswords(uri.replace(/\?.*$/s, ''))
}
