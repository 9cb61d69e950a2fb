import { parse } from 'node:querystring'
import type { WebhookParameters } from './parameters.js'
import { keysOf, type Received, type RefusedRequest, type SignedVariant } from './refused-request.js'

/** How many tokens of other accounts are tried; with more, none of the work would be left for the rest. */
const MOST_OTHER_TOKENS = 8

/** The same request, signed with a token or the shared key of another account. */
export function* accountVariants(request: RefusedRequest, received: Received): Generator<SignedVariant> {
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

/** The same request with another JSON body: of that only the hash is signed, as a part of the URL. */
export function* bodyVariants({ isJson }: RefusedRequest, received: Received): Generator<SignedVariant> {
  if (!isJson) return
  yield {
    ...received,
    code: 'body',
    says: 'signed, but bodySHA256 in the URL is not the hash of this JSON body: check what changes the body on the way',
  }
}

/** The same URL with other parameters: for GET those of the query, for a form none or slightly different ones. */
export function* formVariants(received: Received): Generator<SignedVariant> {
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
