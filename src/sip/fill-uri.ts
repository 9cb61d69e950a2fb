import { fillTemplate, type Values } from '../template/template.js'
import { encodeHeaderValue, encodeUser } from './escape.js'
import type { Header } from './header.js'
import type { SipUri } from './uri.js'

/** Twilio takes a URI and headers that stay under these ("TwiML <Sip>"), counted in characters. */
const URI_LIMIT = 255
export const HEADERS_LIMIT = 1024

/** The URI for one call with the names of the headers that found no room, or why there is none. */
export type FilledSipUri =
  | { readonly text: string; readonly dropped: readonly string[] }
  | { readonly unfit: string }

/**
 * The URI text for one call. A user part that comes out empty is left out with its `@`. A header that would make
 * the headers too long is left out and named in `dropped`; a URI that is too long without headers is unfit.
 */
export function fillSipUri(uri: SipUri, values: Values): FilledSipUri {
  const { beforeUser, afterUser, withoutUser } = uri.written
  const user = uri.user === null ? '' : fillTemplate(uri.user, values, encodeUser)
  const address = user === '' ? withoutUser : beforeUser + user + afterUser
  if (address.length >= URI_LIMIT) {
    return { unfit: `the SIP URI has ${address.length} characters; Twilio takes fewer than ${URI_LIMIT}` }
  }
  return withHeaderText(address, uri.headers, values)
}

function withHeaderText(address: string, headers: readonly Header[], values: Values): FilledSipUri {
  const dropped: string[] = []
  let text = ''
  for (const header of headers) {
    const longer = (text === '' ? '?' : `${text}&`) + fillTemplate(header.pair, values, encodeHeaderValue)
    // the leading `?` does not count
    if (longer.length - 1 < HEADERS_LIMIT) text = longer
    else dropped.push(header.name)
  }
  return { text: address + text, dropped }
}
