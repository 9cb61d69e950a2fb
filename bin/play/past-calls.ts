import { readScenario } from '../../src/explain/scenario.js'
import { ALL_UP } from '../../src/model/state.js'
import { playCall } from './call.js'
import type { DemoClock } from './demo-clock.js'
import type { OwnServer } from './own-server.js'
import { newSid } from './send.js'

/** A call of the shipped example: who calls whom, and what comes of its hops. */
type PastCall = readonly [to: string, from: string, outcomes?: Readonly<Record<string, string>>]

const BERLIN = '+4930123456'
const SALES = '+15551230002'

/** They are repeated in this order. */
const CALLS: readonly PastCall[] = [
  [BERLIN, '+491701234567'],
  [SALES, '+15557650002'],
  [BERLIN, '+4989100200', { frankfurt: '503' }],
  ['+15551230001', '+15557650011'],
  [BERLIN, '+491512345678'],
  ['+4930888842', '+491701234567'],
  [BERLIN, '+491609876543', { frankfurt: '486' }],
  ['+493099123', '+4940123400'],
  ['+4930770101', '+493055501'],
  [BERLIN, '+498912345'],
  [BERLIN, '+19005550123'],
  [SALES, '+15557650023', { frankfurt: 'ringing+timeout', dublin: 'ringing+timeout', robot: '200' }],
  ['+493099771', '+4922155501'],
  [BERLIN, '+493055502', { frankfurt: 'failed' }],
  [SALES, '+15557650045'],
  ['+15551230001', '+15557650002', { 'sip:jack@example.com': '486' }],
  [BERLIN, '+491777000111'],
  ['+4930888817', '+4930555012', { extensions: 'ringing+timeout' }],
  [BERLIN, '+491701234567', { frankfurt: '503', dublin: '486' }],
  ['+15550000000', '+15557650034'],
  [BERLIN, '+491520001112'],
  [SALES, '+15557650051'],
  ['+4930888803', '+4930555013'],
]

const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000]

/** How long before the end the first of them begins. */
export const PAST_MS = 24 * HOUR_MS

/** How many begin in each hour but the last, and in each minute of that: a day, and a morning that gets busier. */
const [AN_HOUR, A_MINUTE] = ['34234432112100100000123', '010010110201101202011202121312021213212302131224']

/** Plays the calls of a day up to a time, so that the console has something to show. Nothing of them is left in health. */
export async function playPast(
  { config, address, token, service }: OwnServer,
  clock: DemoClock,
  end: number,
): Promise<void> {
  const side = { config, server: address, signer: { secret: token }, before: clock.pass }
  const starts = [
    ...spread(AN_HOUR, end - PAST_MS, HOUR_MS),
    ...spread(A_MINUTE, end - (A_MINUTE.length + 3) * MINUTE_MS, MINUTE_MS),
  ]
  for (const [at, start] of starts.entries()) {
    const [to, from, outcomes] = CALLS[at % CALLS.length]!
    clock.set(start)
    const params = { CallSid: newSid('CA'), To: to, From: from }
    const { call, ...scenario } = readScenario(config, { params, outcomes }, start, ALL_UP)
    const known = call.params as Record<string, string>
    await playCall(side, { params: known, outcomes: scenario.outcomes, refers: new Map() }, () => {})
    for (const name of config.endpoints.keys()) service.health.restore(name)
  }
}

/** When calls begin, of which so many come in each span of time; a digit a span. */
function spread(counts: string, begin: number, spanMs: number): number[] {
  return [...counts].flatMap((count, span) =>
    Array.from({ length: Number(count) }, (_, at) => begin + (span + (at + 0.4) / Number(count)) * spanMs),
  )
}
