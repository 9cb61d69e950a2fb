/**
 * The name by which a SIP host is compared: in lower case, without the dot of a rooted name, and for a Twilio SIP domain without the
 * region or edge that a call went in by: `acme.sip.us1.twilio.com` is `acme.sip.twilio.com`
 * (Twilio, "SIP Registration": `{domain-name}.sip.{edge-location}.twilio.com`).
 */
export function sipDomain(host: string): string {
  return host.toLowerCase().replace(/\.$/, '').replace(LOCALIZED, '$1.twilio.com')
}

/** A domain's own name may end in `.sip`, too, so that label is none of Twilio's places. */
const LOCALIZED = /^(.+\.sip)\.(?!sip\.)[^.]+\.twilio\.com$/
