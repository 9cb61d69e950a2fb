import { statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Size } from '../material/config.js'
import { type Material, writeMaterial } from '../material/material.js'
import type { Measure } from '../measure.js'
import { ControlGroup } from '../process/control-group.js'
import { script } from '../process/place.js'
import { Server } from '../process/server.js'
import { number } from '../statistics.js'
import { open } from './open-load.js'

const MB = 1024 ** 2
const CONNECTIONS = 64
/** Webhooks a second while it reloads: 100 new calls, of five webhooks each. */
const RATE = 500
/** What a least limit is found to, and the limits between which it is looked for. */
const [STEP, LEAST, MOST] = [16, 64, 2048]

const routes = (count: number): Size => ({ routes: count, numbers: count, listed: 'yaml', ownUriEvery: 0 })

const CONFIGS: Readonly<Record<string, Size>> = {
  '10 routes': routes(10),
  '1,000 routes': routes(1000),
  '10,000 routes': routes(10_000),
  '100,000 routes': routes(100_000),
  '100,000 numbers over 1,000 routes, CSV': { routes: 1000, numbers: 100_000, listed: 'csv', ownUriEvery: 0 },
}

/** What a container needs to start and to reload while calls come in, by the size of the config. */
export const containerMemory: Measure = async (folder) => {
  const rows: string[][] = []
  for (const [name, size] of Object.entries(CONFIGS)) {
    const material = writeMaterial(folder, `container-${rows.length}`, size)
    const free = await run(folder, material)
    if (!free.holds) throw new Error(`${name}: the reload failed without a limit`)
    const least = await leastLimit(folder, material)
    rows.push([
      name,
      ...[statSync(material.config).size / MB].map((size) => number(size, 1)),
      ...megabytes(free),
      number(least),
    ])
  }
  return {
    title: 'Memory of a container',
    method: `\`dialsip serve\` in a control group, as in a container, with ${RATE} webhooks a second: 2 s after the start, then one reload, then 2 s more. What it held after the start, and the most that it held during the reload, both without a limit: much of it is garbage that Node has no reason to collect. Then the least limit (found to ${STEP} MB) with which the start and the reload go well and every webhook gets its answer.`,
    tables: [
      {
        columns: ['config', 'YAML MB', 'after the start MB', 'most in a reload MB', 'least limit MB'],
        rows,
      },
    ],
    targets: [],
  }
}

interface Run {
  readonly holds: boolean
  /** Bytes. */
  readonly started: number
  readonly peak: number
}

function megabytes({ started, peak }: Run): string[] {
  return [started, peak].map((bytes) => number(bytes / MB))
}

async function leastLimit(folder: string, material: Material): Promise<number> {
  let [low, high] = [LEAST, MOST]
  while (high - low > STEP) {
    const middle = Math.round((low + high) / 2 / STEP) * STEP
    if ((await run(folder, material, middle * MB)).holds) high = middle
    else low = middle
  }
  return high
}

let groups = 0

/** One start and one reload, under load. */
async function run(folder: string, { config, webhooks }: Material, limit?: number): Promise<Run> {
  groups += 1
  const group = new ControlGroup(String(groups), limit)
  const failed = { holds: false, started: 0, peak: 0 }
  const args = [script('bin/dialsip.js'), 'serve', '-c', config]
  try {
    const server = await Server.start(`container-${groups}`, folder, args, { group }).catch(() => undefined)
    if (!server) return failed
    try {
      return await reloadedUnderLoad(server, webhooks, group)
    } catch {
      return failed
    } finally {
      await server.stop()
    }
  } finally {
    group.remove()
  }
}

async function reloadedUnderLoad(server: Server, webhooks: string, group: ControlGroup): Promise<Run> {
  const calm = await open(server, webhooks, 2, CONNECTIONS, RATE)
  const started = server.resident()
  const load = open(server, webhooks, 8, CONNECTIONS, RATE)
  await wait(500)
  const [, busy] = await Promise.all([server.reload(), load])
  const after = await open(server, webhooks, 2, CONNECTIONS, RATE)
  const lost = [calm, busy, after].reduce((sum, one) => sum + one.lost + one.tooLate, 0)
  return { holds: lost === 0, started, peak: group.peak() }
}
