import type { Twilio } from 'twilio'
import type { Account, RestSettings } from '../model/config.js'
import { NoCredentials } from './failure.js'

/** A request that has had no answer after this is given up. */
const TIMEOUT_MS = 15_000

/**
 * Twilio's SDK, loaded here and nowhere else, since few processes need it.
 * Empty texts keep the SDK from looking into the environment: the config alone counts.
 */
export async function connect(
  account: Account,
  { apiBaseUrl, edge = '', region = '' }: RestSettings,
): Promise<Twilio> {
  const [username, password] = credentials(account)
  const { default: twilio } = await import('twilio')
  const options = { accountSid: account.sid, edge, region, logLevel: '', timeout: TIMEOUT_MS }
  const client = twilio(username, password, options)
  if (apiBaseUrl !== undefined) client.api.baseUrl = apiBaseUrl
  return client
}

/** An API key can be withdrawn without touching the signatures, so it goes before the auth token. */
function credentials({ sid, name, apiKey, authTokens }: Account): readonly [string, string] {
  if (apiKey) return [apiKey.sid, apiKey.secret]
  const [token] = authTokens
  if (token === undefined)
    throw new NoCredentials(`account ${name} has no credentials; add authTokens, or apiKey and apiKeySecret`)
  return [sid, token]
}
