import { noParameters, type WebhookParameters } from './parameters.js'

/** Credentials of a call: anyone who has one may act for the call, so they are in no log and no API. */
const TOKENS = ['CallToken', 'StirPassportToken']

/** Said by the log line itself, the same for every call of a number, or said twice by Twilio. */
const SAID_ANYWAY = [
  ...['CallSid', 'To', 'From', 'AccountSid', 'ApiVersion', 'CallStatus', 'Direction'],
  ...['Called', 'CalledCity', 'CalledState', 'CalledZip', 'CalledCountry'],
  ...['Caller', 'CallerCity', 'CallerState', 'CallerZip', 'CallerCountry'],
  ...['ToCity', 'ToState', 'ToZip', 'ToCountry'],
]

const TOKEN_NAMES = new Set(TOKENS)
const NOT_LOGGED = new Set([...TOKENS, ...SAID_ANYWAY])

/**
 * The parameters by which one call to a number differs from another, apart from who calls whom: with them a decision
 * can be made again. Without the call's tokens.
 */
export function loggedParameters(params: WebhookParameters): WebhookParameters {
  return without(NOT_LOGGED, params)
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

type Fields = Readonly<Record<string, unknown>>

/** The webhook parameters in a line of dialsip's log: under names of its own, and under `params`. */
export function parametersOfLine({ callSid, to, from, account, params }: Fields): WebhookParameters {
  const owner = account === undefined ? {} : { AccountSid: account }
  return textParameters({ ...Object(params), CallSid: callSid, To: to, From: from, ...owner })
}

/** What is text, or a list of texts, in an object that anyone may have made. */
export function textParameters(fields: Fields): WebhookParameters {
  const params = noParameters()
  for (const [name, value] of Object.entries(fields)) if (isParameter(value)) params[name] = value
  return params
}

function isParameter(value: unknown): value is string | string[] {
  return [value].flat().every((text) => typeof text === 'string')
}
