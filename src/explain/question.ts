import { parametersOfLine, textParameters } from '../twilio/logged-parameters.js'
import type { WebhookParameters } from '../twilio/parameters.js'

/** A question about an imagined call, as a command line, a URL or a test case asks it. */
export interface ExplainRequest {
  readonly params: WebhookParameters
  /** The account that the call comes from, by name or SID. Default: the first that the route of the number is for. */
  readonly account?: string | undefined
  /** ISO 8601. Default: the time that `readScenario` is given. */
  readonly at?: string | undefined
  /** The outcome of each endpoint or hop, by name. Default: it answers. */
  readonly outcomes?: Readonly<Record<string, string>> | undefined
  /** Endpoints that are ejected by their health. */
  readonly down?: readonly string[] | undefined
  readonly drained?: readonly string[] | undefined
}

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
  return { params: parametersOfLine(fields), at: typeof fields.time === 'string' ? fields.time : undefined }
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body)
  } catch (error) {
    throw new WrongQuestion(`the request is not JSON: ${(error as Error).message}`)
  }
}

/**
 * Reads `NAME=VALUE` pairs. The name ends at the last `=` for outcomes, since a SIP URI may hold others; at the first
 * for parameters, whose values may. `what` names them in the message of the `WrongQuestion` for one without `=`.
 */
export function readPairs(texts: readonly string[], what: 'param' | 'outcome'): Record<string, string> {
  const pairs: Record<string, string> = Object.create(null)
  for (const text of texts) {
    const at = what === 'param' ? text.indexOf('=') : text.lastIndexOf('=')
    if (at < 1) throw new WrongQuestion(`"${text}" is not ${EXPECTED[what]}`)
    pairs[text.slice(0, at)] = text.slice(at + 1)
  }
  return pairs
}

const EXPECTED = { param: 'NAME=VALUE', outcome: 'ENDPOINT=OUTCOME, such as frankfurt=503' }

/** Why a question cannot be answered, in one line. */
export class WrongQuestion extends Error {}
