import { type SigningKey, signingKey } from './signature.js'

/** The keys of every account that may send webhooks, by account SID, ready to sign with. */
export type Keyring = ReadonlyMap<string, readonly SigningKey[]>

/** Prepares the auth tokens of all accounts once. */
export function keyring(
  accounts: readonly { readonly sid: string; readonly authTokens: readonly string[] }[],
): Keyring {
  return new Map(accounts.map(({ sid, authTokens }) => [sid, authTokens.map(signingKey)]))
}
