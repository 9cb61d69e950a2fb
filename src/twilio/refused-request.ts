import type { WebhookParameters } from './parameters.js'
import { type AccountKeys, type Keyring, keysFor, type Signing, type SigningKey } from './signature.js'

/** A request whose signature was refused, with what is needed to find out why. */
export interface RefusedRequest {
  /** `X-Twilio-Signature` as received. */
  readonly signature: string | undefined
  /** By what it says that it is signed; undefined where that makes no sense. */
  readonly signing: Signing | undefined
  /** The parts of `publicUrl`, named as those of a `URL`: `https:`, `voice.example.com:8443`, `/twilio`. */
  readonly publicUrl: { readonly protocol: string; readonly host: string; readonly pathname: string }
  /** Path and query exactly as received. */
  readonly target: string
  /** The headers `Host`, `X-Forwarded-Host` and `X-Forwarded-Prefix`. Not trusted, only tried. */
  readonly host?: string | undefined
  readonly forwardedHost?: string | undefined
  readonly forwardedPrefix?: string | undefined
  /** The parameters of the form; none for GET. */
  readonly params: WebhookParameters
  /** Whether its body is JSON, of which the hash is in the URL. */
  readonly isJson: boolean
  /** The account that the request names, by its label in `keys`. */
  readonly account: string | undefined
  /** The keys of every account, by a label fit for the log. */
  readonly keys: Keyring
}

/** In what the signed request differs from the one received. */
export type RequestDifference =
  | 'other-account'
  | 'other-scheme'
  | 'other-host'
  | 'other-port'
  | 'trailing-slash'
  | 'path-prefix'
  | 'query-left-out'
  | 'query-unescaped'
  | 'query-reordered'
  | 'query-as-form'
  | 'form-left-out'
  | 'form-trimmed'
  | 'form-plus-sign'
  | 'body'

/** What may have been signed in place of what was received, and what to say if it was. */
export interface SignedVariant {
  readonly code: RequestDifference
  readonly says: string
  readonly url: string
  readonly params: WebhookParameters
  readonly keys: readonly SigningKey[]
}

/** The refused request taken apart; a variant is this with something changed. */
export interface Received {
  readonly url: string
  readonly params: WebhookParameters
  readonly keys: readonly SigningKey[]
  /** Scheme, host and port as Twilio signs them: over https without the port. */
  readonly origin: string
  readonly path: string
  /** With its question mark; empty without a query. */
  readonly query: string
}

/** The URL, parameters and keys that a refused request was checked with. */
export function receivedOf(request: RefusedRequest): Received {
  const { protocol, host } = request.publicUrl
  const origin = `${protocol}//${protocol === 'https:' ? withoutPort(host) : host}`
  const [path] = request.target.split('?', 1) as [string]
  return {
    url: origin + request.target,
    params: request.params,
    keys: keysOf(request, request.keys.get(request.account ?? '')),
    origin,
    path,
    query: request.target.slice(path.length),
  }
}

/** The keys of an account that may have signed a request which says of itself how it is signed. */
export function keysOf({ signing }: RefusedRequest, account: AccountKeys | undefined): readonly SigningKey[] {
  return account && signing ? keysFor(account, signing) : []
}

/** `host` of `host:8080`. */
export function withoutPort(host: string): string {
  return host.replace(/:\d*$/, '')
}
