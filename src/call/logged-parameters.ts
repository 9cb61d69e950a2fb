import { noParameters, type WebhookParameters } from '../twilio/parameters.js'

type Fields = Readonly<Record<string, unknown>>

/** The webhook parameters that a line of dialsip's log tells of: under names of its own, and under `params`. */
export function loggedParameters({ callSid, to, from, account, params }: Fields): WebhookParameters {
  const told = account === undefined ? {} : { AccountSid: account }
  return textParameters({ ...Object(params), CallSid: callSid, To: to, From: from, ...told })
}

/** What is text, or a list of texts, in an object of the caller's own making. */
export function textParameters(fields: Fields): WebhookParameters {
  const params = noParameters()
  for (const [name, value] of Object.entries(fields)) if (isParameter(value)) params[name] = value
  return params
}

function isParameter(value: unknown): value is string | string[] {
  return [value].flat().every((text) => typeof text === 'string')
}
