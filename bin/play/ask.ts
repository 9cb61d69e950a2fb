import { RefusedError } from '../admin-client.js'
import { sendWebhook, type TwilioSide } from './send.js'
import { type TwimlVerb, verbsOfTwiml } from './twiml.js'

/** A webhook for TwiML and its answer. */
export interface AskedStep {
  readonly kind: 'asked'
  /** The path under `publicUrl`: `/voice`. */
  readonly webhook: string
  readonly params: Readonly<Record<string, string>>
  readonly twiml: string
  readonly verbs: readonly TwimlVerb[]
}

/** Asks the server for TwiML, and lets `see` see it. Throws `RefusedError` for an answer that is none. */
export async function askTwiml(
  side: TwilioSide,
  url: string,
  params: Readonly<Record<string, string>>,
  see: (step: AskedStep) => void,
): Promise<readonly TwimlVerb[]> {
  const webhook = new URL(url).pathname.slice(side.config.publicUrl.path.length)
  const twiml = await sendWebhook(side, url, params)
  const verbs = verbsOfTwiml(twiml)
  if (!verbs) throw new RefusedError(`${side.server} answers POST ${webhook} with something else than TwiML`)
  see({ kind: 'asked', webhook, params, twiml, verbs })
  return verbs
}
