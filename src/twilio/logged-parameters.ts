import { noParameters, type WebhookParameters } from './parameters.js'

/** Credentials of a call: anyone who has one may act for it, so no log and no API has them. */
const TOKENS = ['CallToken', 'StirPassportToken']

/** Said by the log line itself, the same for every call of a number, or said twice by Twilio. */
const TOLD_ANYWAY = [
  ...['CallSid', 'To', 'From', 'AccountSid', 'ApiVersion', 'CallStatus', 'Direction'],
  ...['Called', 'CalledCity', 'CalledState', 'CalledZip', 'CalledCountry'],
  ...['Caller', 'CallerCity', 'CallerState', 'CallerZip', 'CallerCountry'],
  ...['ToCity', 'ToState', 'ToZip', 'ToCountry'],
]

const TOKEN_NAMES = new Set(TOKENS)
const UNTELLING = new Set([...TOKENS, ...TOLD_ANYWAY])

/**
 * The parameters that tell one call to a number from another, besides who calls whom: with them a decision can be
 * made again. Without the call's tokens.
 */
export function tellingParameters(params: WebhookParameters): WebhookParameters {
  return without(UNTELLING, params)
}

/** All parameters but the call's tokens. */
export function tokenlessParameters(params: WebhookParameters): WebhookParameters {
  return without(TOKEN_NAMES, params)
}

function without(names: ReadonlySet<string>, params: WebhookParameters): WebhookParameters {
  const kept = noParameters()
  for (const name in params) {
    const value = params[name]!
    if (value !== '' && !names.has(name)) kept[name] = value
  }
  return kept
}
