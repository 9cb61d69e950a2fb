import { setTimeout as wait } from 'node:timers/promises'
import { writeMaterial } from '../material/material.js'
import type { Measure } from '../measure.js'
import { script } from '../process/place.js'
import { Server } from '../process/server.js'
import { number } from '../statistics.js'
import { open } from './open-load.js'

const ROUTES = [1000, 10_000, 100_000]
const CONNECTIONS = 64
/** Long enough for the load before, the reload and the load after it. */
const SECONDS = { 1000: 4, 10000: 8, 100000: 50 } as Readonly<Record<number, number>>

/** A config that is loaded again while the server answers as many webhooks as it can. */
export const reload: Measure = async (folder) => {
  const results = []
  for (const routes of ROUTES) results.push(await reloadUnderLoad(folder, routes))
  const { max, lost } = results.at(-1)!.waits
  return {
    title: 'Reload under full load',
    method: `SIGHUP while ${CONNECTIONS} connections ask as fast as they are answered; the thread that loads has to share the server's one core. The longest wait of any webhook, and those that got no answer. Next to it the longest wait of the same load without a reload.`,
    tables: [
      {
        columns: [
          'routes',
          'reload ms',
          'longest wait ms',
          'without a reload ms',
          'p99 ms',
          'webhooks',
          'lost',
        ],
        rows: results.map(({ routes, took, waits, calm }) => [
          ...[routes, took, waits.max, calm.max].map((value) => number(value)),
          number(waits.p99, 1),
          number(waits.sent),
          number(waits.lost),
        ]),
      },
    ],
    targets: [
      {
        what: 'reload of 100,000 routes under full load',
        atLeast: 'no answer later than 1 s, none lost',
        measured: `${number(max)} ms, ${number(lost)} lost`,
        met: max <= 1000 && lost === 0,
      },
    ],
  }
}

async function reloadUnderLoad(folder: string, routes: number) {
  const size = { routes, numbers: routes, listed: 'yaml', ownUriEvery: 0 } as const
  const { config, webhooks } = writeMaterial(folder, `reload-${routes}`, size)
  const server = await Server.start(`reload-${routes}`, folder, [
    script('bin/dialsip.js'),
    ...['serve', '-c', config],
  ])
  try {
    const calm = await open(server, webhooks, 2, CONNECTIONS, 0)
    const load = open(server, webhooks, SECONDS[routes]!, CONNECTIONS, 0)
    await wait(1500)
    const [took, waits] = await Promise.all([server.reload(), load])
    if (took > SECONDS[routes]! * 1000 - 1500) throw new Error('the reload took longer than the load')
    return { routes, took, waits, calm }
  } finally {
    await server.stop()
  }
}
