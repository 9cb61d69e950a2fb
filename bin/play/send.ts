import { randomUUID } from 'node:crypto'
import type { Config } from '../../src/model/config.js'
import { signatureOf } from '../../src/twilio/signature.js'
import { RefusedError, reach } from '../admin-client.js'

/** As long as Twilio waits for an answer. */
const TIMEOUT_MS = 15_000

/** How webhooks get to a server as Twilio would send them. */
export interface TwilioSide {
  readonly config: Config
  /** Where the server listens: an origin. */
  readonly server: string
  /** What signs; undefined where nothing is checked. */
  readonly signer: Signer | undefined
  /** Is called with each webhook before it is sent. */
  readonly before?: (params: Readonly<Record<string, string>>) => void
}

/** An auth token, or a shared key with its id. */
export interface Signer {
  readonly secret: string
  readonly sharedKey?: string
}

/** What signs the webhooks of an account; undefined when the config has nothing for it. */
export function signerOf({ accounts }: Config, accountSid: string): Signer | undefined {
  const { authTokens = [], sharedKeys = {} } = accounts.find(({ sid }) => sid === accountSid) ?? {}
  const [token] = authTokens
  if (token !== undefined) return { secret: token }
  const [shared] = Object.entries(sharedKeys)
  return shared && { sharedKey: shared[0], secret: shared[1] }
}

/** Whether Twilio would bring this URL to this config. */
export function isOwn({ publicUrl }: Config, url: string): boolean {
  return url.startsWith(`${publicUrl.href}/`)
}

/**
 * Sends one webhook, signed for its public URL, to the server itself. Gives the body of the answer; throws `RefusedError`
 * where none comes, or a refusal.
 */
export async function sendWebhook(
  { config, server, signer, before }: TwilioSide,
  url: string,
  params: Readonly<Record<string, string>>,
): Promise<string> {
  before?.(params)
  const { pathname } = new URL(url)
  const target = server + url.slice(config.publicUrl.origin.length)
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    // a server that is ours alone would wait for more before it stops
    connection: 'close',
    ...signatureHeaders(signer, url, params),
  }
  const body = new URLSearchParams(params).toString()
  const init = { method: 'POST', headers, body, redirect: 'manual' } as const
  const response = await reach(new URL(target), init, TIMEOUT_MS)
  if (response.ok) return response.text()
  throw new RefusedError(`${server} answers ${response.status} to POST ${pathname}; ${why(response.status)}`)
}

function why(status: number): string {
  if (status === 403) return 'it runs with another secret or publicUrl than this config; its log says which'
  return 'is this the server of this config?'
}

/** The headers by which a webhook proves that it is Twilio's: `params` are those of the form. */
export function signatureHeaders(
  signer: Signer | undefined,
  url: string,
  params: Readonly<Record<string, string>>,
): Record<string, string> {
  if (!signer) return {}
  const { secret, sharedKey } = signer
  if (sharedKey === undefined) return { 'x-twilio-signature': signatureOf(secret, url, params) }
  return {
    'x-twilio-signature': signatureOf(secret, url, params, 'sha256'),
    'x-twilio-webhooks-signature-settings': `key=${sharedKey},algorithm=HMAC_SHA256`,
  }
}

/** A SID that no call of Twilio's has. */
export function newSid(prefix: string): string {
  return prefix + randomUUID().replaceAll('-', '')
}
