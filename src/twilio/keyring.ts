import { type SigningKey, signingKey } from './signature.js'
import type { Signing } from './signing.js'

/** What may have signed the webhooks of one account. */
export interface AccountKeys {
  readonly tokens: readonly SigningKey[]
  /** By their ids at Twilio. */
  readonly shared: ReadonlyMap<string, SigningKey>
}

/** The keys of every account that may send webhooks, by account SID, ready to sign with. */
export type Keyring = ReadonlyMap<string, AccountKeys>

/** Prepares the auth tokens and shared keys of all accounts once. */
export function keyring(
  accounts: readonly {
    readonly sid: string
    readonly authTokens: readonly string[]
    readonly sharedKeys: Readonly<Record<string, string>>
  }[],
): Keyring {
  return new Map(
    accounts.map(({ sid, authTokens, sharedKeys }) => {
      const shared = Object.entries(sharedKeys).map(([id, secret]) => [id, signingKey(secret)] as const)
      return [sid, { tokens: authTokens.map(signingKey), shared: new Map(shared) }]
    }),
  )
}

/** The keys of an account that may have signed what says so of itself. */
export function keysFor({ tokens, shared }: AccountKeys, { sharedKey }: Signing): readonly SigningKey[] {
  if (sharedKey === undefined) return tokens
  const key = shared.get(sharedKey)
  return key ? [key] : []
}
