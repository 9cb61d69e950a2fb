import { unescape as unescaped } from 'node:querystring'
import { type Received, type RefusedRequest, type SignedVariant, withoutPort } from './refused-request.js'
import { receivedForms } from './signature.js'

/** The same path under other schemes, hosts and ports: those of `publicUrl` and of the headers. */
export function* originVariants(request: RefusedRequest, received: Received): Generator<SignedVariant> {
  const { protocol, host } = request.publicUrl
  const written = `${protocol}//${host}`
  for (const other of otherOrigins(request, receivedForms(written))) {
    yield {
      ...received,
      code: originDifference(written, other),
      url: other + request.target,
      says: `signed for ${other} instead of ${written}: check publicUrl, and the URL set at Twilio`,
    }
  }
}

function otherOrigins(request: RefusedRequest, checked: readonly string[]): Set<string> {
  const hosts = [request.publicUrl.host, request.host, request.forwardedHost].filter(
    (host) => host !== undefined,
  )
  const origins = hosts.flatMap((host) => [
    ...receivedForms(`https://${host}`),
    ...receivedForms(`http://${host}`),
  ])
  return new Set(origins.filter((origin) => !checked.includes(origin)))
}

function originDifference(written: string, other: string): SignedVariant['code'] {
  const [scheme, host] = withoutPort(written).split('//')
  const [otherScheme, otherHost] = withoutPort(other).split('//')
  if (host !== otherHost) return 'other-host'
  return scheme === otherScheme ? 'other-port' : 'other-scheme'
}

/** The same host with a slash more or less at the end of the path, or a prefix that a proxy took or added. */
export function* pathVariants(request: RefusedRequest, received: Received): Generator<SignedVariant> {
  const { origin, path, query } = received
  const variant = (code: SignedVariant['code'], other: string): SignedVariant => ({
    ...received,
    code,
    url: origin + other + query,
    says: `signed for the path ${other} instead of ${path}: check the URL set at Twilio, and what the proxy rewrites`,
  })
  yield variant('trailing-slash', path.endsWith('/') ? path.slice(0, -1) : `${path}/`)
  const own = request.publicUrl.pathname.replace(/\/$/, '')
  if (own && path.startsWith(own)) yield variant('path-prefix', path.slice(own.length))
  if (own) yield variant('path-prefix', own + path)
  const forwarded = (request.forwardedPrefix ?? '').replace(/\/$/, '')
  if (forwarded) yield variant('path-prefix', forwarded + path)
}

/** Of so many parameters every order is tried: of more there are too many. */
const MOST_ORDERED = 3

/** The same path without the query, with its parameters in another order, or as it was before it was escaped. */
export function* queryVariants(received: Received): Generator<SignedVariant> {
  const { origin, path, query } = received
  if (!query) return
  yield {
    ...received,
    code: 'query-left-out',
    url: origin + path,
    says: 'signed without the query: check what adds a query on the way',
  }
  yield {
    ...received,
    code: 'query-unescaped',
    url: origin + path + unescaped(query),
    says: 'signed with the query unescaped, but sent escaped: call this URL by POST, with a query that needs no escape',
  }
  for (const order of ordersOf(query.slice(1).split('&'))) {
    yield {
      ...received,
      code: 'query-reordered',
      url: `${origin}${path}?${order.join('&')}`,
      says: 'signed with the parameters of the query in another order: something on the way re-orders the query; a query in alphabetical order stays as it is',
    }
  }
}

/** Other orders of the parameters of a query: all if they are few, else the alphabetical one, which dialsip writes. */
function ordersOf(pairs: readonly string[]): string[][] {
  const orders = pairs.length > MOST_ORDERED ? [[...pairs].sort()] : permutations(pairs)
  return orders.filter((order) => order.some((pair, at) => pair !== pairs[at]))
}

function permutations(all: readonly string[]): string[][] {
  if (all.length < 2) return [[...all]]
  return all.flatMap((one, at) => permutations(all.toSpliced(at, 1)).map((rest) => [one, ...rest]))
}
