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
