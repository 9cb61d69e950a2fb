import { parse, unescape as unescaped } from 'node:querystring'
import type { WebhookParameters } from './parameters.js'
import {
  keysOf,
  type Received,
  type RefusedRequest,
  receivedOf,
  type SignedVariant,
  withoutPort,
} from './refused-request.js'
import { receivedForms } from './signature.js'

/**
 * What may have been signed in place of a refused request, in the order of how often it is met; made one by one, since
 * most are not needed.
 */
export function* signedVariants(request: RefusedRequest): Generator<SignedVariant> {
  const received = receivedOf(request)
  yield* bodyVariants(request, received)
  yield* accountVariants(request, received)
  yield* originVariants(request, received)
  yield* pathVariants(request, received)
  yield* queryVariants(received)
  yield* formVariants(received)
}

/** How many tokens of other accounts are tried; with more, none of the work would be left for the rest. */
const MOST_OTHER_TOKENS = 8

/** The same request with another JSON body: of that only the hash is signed, as a part of the URL. */
function* bodyVariants({ isJson }: RefusedRequest, received: Received): Generator<SignedVariant> {
  if (!isJson) return
  yield {
    ...received,
    code: 'body',
    says: 'signed, but bodySHA256 in the URL is not the hash of this JSON body: check what changes the body on the way',
  }
}

/** The same request, signed with a token or the shared key of another account. */
function* accountVariants(request: RefusedRequest, received: Received): Generator<SignedVariant> {
  const others = [...request.keys].filter(([label]) => label !== request.account)
  const tokens = others.flatMap(([label, keys]) => keysOf(request, keys).map((key) => ({ label, key })))
  for (const { label, key } of tokens.slice(0, MOST_OTHER_TOKENS)) {
    yield {
      ...received,
      code: 'other-account',
      keys: [key],
      says: `signed with a key of the account "${label}", not of the one that the request names: check which account owns the number`,
    }
  }
}

/** The same path under other schemes, hosts and ports: those of `publicUrl` and of the headers. */
function* originVariants(request: RefusedRequest, received: Received): Generator<SignedVariant> {
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
function* pathVariants(request: RefusedRequest, received: Received): Generator<SignedVariant> {
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
function* queryVariants(received: Received): Generator<SignedVariant> {
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

/** The same URL with other parameters: for GET those of the query, for a form none or slightly different ones. */
function* formVariants(received: Received): Generator<SignedVariant> {
  if (Object.keys(received.params).length === 0) return yield queryAsForm(received)
  yield {
    ...received,
    code: 'form-left-out',
    params: {},
    says: 'signed without the parameters of the form, as for GET: the sender must sign what it posts',
  }
  yield {
    ...received,
    code: 'form-trimmed',
    params: withValues(received.params, (value) => value.trim()),
    says: 'signed with trimmed values, but sent untrimmed: Twilio trims nothing, so the sender is not Twilio itself',
  }
  yield {
    ...received,
    code: 'form-plus-sign',
    params: withValues(received.params, (value) => value.replace(/^ (?=\d)/, '+')),
    says: 'signed with a number that begins with +, but sent with + unescaped: the sender must write %2B',
  }
}

function queryAsForm(received: Received): SignedVariant {
  return {
    ...received,
    code: 'query-as-form',
    url: received.origin + received.path,
    params: parse(received.query.slice(1)) as WebhookParameters,
    says: 'signed as a form, but sent as a query: a query is signed as part of the URL',
  }
}

function withValues(params: WebhookParameters, change: (value: string) => string): WebhookParameters {
  const changed: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of Object.entries(params)) {
    changed[name] = typeof value === 'string' ? change(value) : value.map(change)
  }
  return changed
}
