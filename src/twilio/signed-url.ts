import { parse, stringify } from 'node:querystring'

/**
 * The head of a URL: scheme, userinfo and host (perhaps an IPv6 literal), then the port with its colon.
 * Cut by hand, not by `new URL()`, since every other character must stay as Twilio signed it.
 */
const HEAD = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?(?:[^/?#]*\])?[^/?#:]*)(:[^/?#]*)?/i

/**
 * The two forms in which Twilio signs a URL: without a port, and with one (the scheme's own if none is given).
 * From "Security: a few notes": voice over HTTPS drops the port, voice over HTTP keeps it.
 */
export function receivedForms(url: string): string[] {
  const head = HEAD.exec(url)
  if (!head) return [url]
  const [all, host, port] = head
  const rest = url.slice(all.length)
  return [host + rest, port ? url : host + standardPort(url) + rest]
}

/**
 * Further forms that the SDK takes for the same URL: percent-encoded as by `new URL()`, and with the query
 * re-encoded as by Node's `querystring`, for back ends that sign the escaped form. None twice, and none at
 * all if the URL does not parse.
 */
export function rewrittenForms(url: string): string[] {
  if (!URL.canParse(url)) return []
  const encoded = receivedForms(new URL(url).href)
  const received = receivedForms(url)
  return [...new Set([...encoded, ...encoded.map(withLegacyQuery)])].filter(
    (form) => !received.includes(form),
  )
}

function standardPort(url: string): string {
  return /^https:/i.test(url) ? ':443' : ':80'
}

function withLegacyQuery(url: string): string {
  const query = url.indexOf('?') + 1
  return query === 0 ? url : url.slice(0, query) + stringify(parse(url.slice(query)))
}
