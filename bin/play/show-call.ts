import { decide } from '../../src/decide.js'
import { visible } from '../../src/errors/visible.js'
import { explainNumber } from '../../src/explain/explain-number.js'
import type { Scenario } from '../../src/explain/scenario.js'
import { secretMasker } from '../../src/sip/masker.js'
import type { Io } from '../io.js'
import { type PlayedStep, playCall } from './call.js'
import type { TwilioSide } from './send.js'
import { playedJson, stepText } from './words.js'

/** How a call is shown: lines, with documents or without, or JSON. */
export interface ShowOptions {
  readonly twiml: boolean
  readonly json?: boolean
  /** Where callees transfer the call to, by endpoint. */
  readonly refers?: ReadonlyMap<string, string>
}

/** Plays a call and shows it as it goes. Throws `RefusedError` when the server does not play along. */
export async function showCall(
  side: TwilioSide,
  scenario: Scenario,
  { twiml, json = false, refers = new Map() }: ShowOptions,
  { stdout }: Io,
): Promise<void> {
  const { config, server, signer } = side
  const mask = secretMasker([...config.secrets, ...(signer ? [signer.secret] : [])])
  const say = (line: string) => !json && stdout.write(line)
  const steps: PlayedStep[] = []
  const planned = { params: parametersOf(scenario), outcomes: scenario.outcomes, refers }
  say(`${mask(visible(titleOf(scenario, config)))}\n`)
  const end = await playCall(side, planned, function see(step) {
    steps.push(step)
    say(stepText(step, { twiml, mask }))
  })
  say(`${mask(visible(end))}\n`)
  if (json) stdout.write(`${playedJson({ server, params: planned.params, steps, end }, mask)}\n`)
}

/** Who calls whom, and which rule of this config takes it. */
function titleOf({ call, now, state }: Scenario, config: TwilioSide['config']): string {
  const { reason } = decide(config, call, now, state)
  const [near] = explainNumber(call.to, config.numbers).nearMisses
  const title = `${call.to.text} from ${call.from.text || 'anonymous'}: ${reason}`
  return near ? `${title}; ${near.says} (route ${near.route})` : title
}

/** The parameters that Twilio sends with every webhook of a call. */
function parametersOf({ call }: Scenario): Record<string, string> {
  return { ...(call.params as Record<string, string>), ApiVersion: '2010-04-01', Direction: 'inbound' }
}
