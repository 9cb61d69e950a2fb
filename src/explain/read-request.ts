import { loggedParameters, textParameters } from '../call/logged-parameters.js'
import type { WebhookParameters } from '../twilio/parameters.js'
import { WrongQuestion } from './wrong.js'

/** A recorded webhook: its parameters, and when it came if that was recorded too. */
export interface RecordedRequest {
  readonly params: WebhookParameters
  readonly at: string | undefined
}

/**
 * Reads one recorded webhook: the body of a form (`To=%2B49…&From=…`), a JSON object of Twilio's parameters, or a
 * line of dialsip's own log, which knows the time as well. Throws `WrongQuestion` when it is none of these.
 */
export function readRequest(text: string): RecordedRequest {
  const body = text.trim()
  const recorded = body.startsWith('{') ? fromJson(body) : { params: fromForm(body), at: undefined }
  if (recorded.params.To === undefined)
    throw new WrongQuestion(
      'the request is neither a form nor JSON with the parameter To, nor a line of the log',
    )
  return recorded
}

function fromForm(body: string): WebhookParameters {
  const params: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of new URLSearchParams(body)) {
    const earlier = params[name]
    params[name] = earlier === undefined ? value : [earlier, value].flat()
  }
  return params
}

/** Twilio's names begin with a capital letter, those of the log do not. */
function fromJson(body: string): RecordedRequest {
  const fields = parse(body)
  if (fields.to === undefined) return { params: textParameters(fields), at: undefined }
  return { params: loggedParameters(fields), at: typeof fields.time === 'string' ? fields.time : undefined }
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body)
  } catch (error) {
    throw new WrongQuestion(`the request is not JSON: ${(error as Error).message}`)
  }
}
