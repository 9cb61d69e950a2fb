import { fastestLoad, rated } from '../load/load.js'
import { writeMaterial } from '../material/material.js'
import type { Measure } from '../measure.js'
import { CLIENT_CORE, onCore, script } from '../process/place.js'
import { runJson } from '../process/run.js'
import { Server } from '../process/server.js'
import { median, number, withSpread } from '../statistics.js'

/** What a caller sees of so many webhooks, each sent on time. */
export interface Waits {
  readonly sent: number
  readonly wrong: number
  readonly lost: number
  /** Milliseconds from the moment at which a webhook was due. */
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** Later than Twilio waits. */
  readonly tooLate: number
}

const ROUNDS = 5
const SECONDS = 4
const CONNECTIONS = 256

/** Webhooks that come on time, whatever comes back, at half, once and twice of what dialsip can take. */
export const openLoad: Measure = async (folder) => {
  const size = { routes: 1000, numbers: 100_000, listed: 'csv', ownUriEvery: 0 } as const
  const { config, table, webhooks } = writeMaterial(folder, 'open', size)
  const ours = await Server.start('open-dialsip', folder, [script('bin/dialsip.js'), 'serve', '-c', config])
  const raw = await Server.start('open-raw', folder, [script('bench/servers/raw-full-log.js'), table])
  try {
    for (const server of [ours, raw]) await rated(server, webhooks, 2, fastestLoad.load)
    const { perSecond: capacity } = await rated(ours, webhooks, 2, fastestLoad.load)
    const half: Record<'ours' | 'raw', Waits[]> = { ours: [], raw: [] }
    for (let round = 0; round < ROUNDS; round += 1) {
      half.ours.push(await ask(ours, webhooks, capacity / 2))
      half.raw.push(await ask(raw, webhooks, capacity / 2))
    }
    const once = [await ask(ours, webhooks, capacity)]
    const twice = [await ask(ours, webhooks, capacity * 2)]
    const [p99, rawP99] = [median(half.ours.map((one) => one.p99)), median(half.raw.map((one) => one.p99))]
    return {
      title: 'Open load: what a caller waits',
      method: `Each webhook is sent when it is due, over ${CONNECTIONS} kept connections, and its wait counts from then, so that one that has to queue is counted like any other; ${SECONDS} s each. dialsip answers ${number(capacity)} a second at most here. At twice that every queue grows until the load ends; Twilio gives up after 15 s. Milliseconds; medians of ${ROUNDS} rounds at half load.`,
      tables: [
        {
          columns: ['', 'webhooks/s', 'p50', 'p99', 'max', 'later than 15 s', 'lost'],
          rows: [
            row('dialsip at half', capacity / 2, half.ours),
            row('raw node:http, full work, same rate', capacity / 2, half.raw),
            row('dialsip at all it can take', capacity, once),
            row('dialsip at twice that', capacity * 2, twice),
          ],
        },
      ],
      targets: [
        {
          what: 'p99 at half load next to raw node:http at the same rate',
          atLeast: 'at most 2 ×',
          measured: `${number(p99 / rawP99, 2)} ×`,
          met: p99 <= 2 * rawP99,
        },
      ],
    }
  } finally {
    await Promise.all([ours.stop(), raw.stop()])
  }
}

async function ask(server: Server, webhooks: string, rate: number): Promise<Waits> {
  return open(server, webhooks, SECONDS, CONNECTIONS, rate)
}

/** Rate 0 is closed load. */
export async function open(
  server: Server,
  webhooks: string,
  seconds: number,
  connections: number,
  rate: number,
): Promise<Waits> {
  const numbers = [server.port, webhooks, seconds, connections, Math.round(rate), server.sent]
  const waits = await runJson<Waits>(
    ...onCore(CLIENT_CORE, process.execPath, [script('bench/load/open.js'), ...numbers.map(String)]),
  )
  server.sent += waits.sent
  if (waits.wrong > 0) throw new Error(`${server.name}: ${waits.wrong} wrong answers`)
  return waits
}

function row(name: string, rate: number, rounds: readonly Waits[]): string[] {
  const sum = (count: (waits: Waits) => number) => number(rounds.reduce((all, one) => all + count(one), 0))
  return [
    name,
    number(rate),
    ...(['p50', 'p99', 'max'] as const).map((key) =>
      withSpread(
        rounds.map((one) => one[key]),
        2,
      ),
    ),
    sum((one) => one.tooLate),
    sum((one) => one.lost),
  ]
}
