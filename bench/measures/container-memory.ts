import { statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { type Size, writeConfig } from '../material/config.js'
import { type Material, writeMaterial } from '../material/material.js'
import type { Measure, Target } from '../measure.js'
import { ControlGroup } from '../process/control-group.js'
import { script } from '../process/place.js'
import { Server } from '../process/server.js'
import { number } from '../statistics.js'
import { open } from './open-load.js'

const MB = 1024 ** 2
const CONNECTIONS = 64
/** Webhooks a second while it reloads: 100 new calls, of five webhooks each. */
const RATE = 500
/** MB to which a least limit is found. */
const STEP = 16
/** MB in which 100,000 routes may be refused, but the server goes on. */
const TIGHT = 768

const routes = (count: number): Size => ({ routes: count, numbers: count, listed: 'yaml', ownUriEvery: 0 })
const numbers = (count: number): Size => ({ routes: 1000, numbers: count, listed: 'csv', ownUriEvery: 0 })

const EMPTY = '10 routes'
const ROUTES = '100,000 routes'
const NUMBERS = '100,000 numbers over 1,000 routes, CSV'

const CONFIGS: Readonly<Record<string, Size>> = {
  [EMPTY]: routes(10),
  '1,000 routes': routes(1000),
  '10,000 routes': routes(10_000),
  [ROUTES]: routes(100_000),
  [NUMBERS]: numbers(100_000),
}

/** What a container needs to start and to reload while calls come in, by the size of the config. */
export const containerMemory: Measure = async (folder) => {
  const rows: string[][] = []
  const started = new Map<string, number>()
  let tight: Result = 'done'
  for (const [name, size] of Object.entries(CONFIGS)) {
    const material = writeMaterial(folder, `container-${rows.length}`, size)
    const free = await run(folder, material)
    if (free.result !== 'done')
      throw new Error(`${name}: without a limit, too, the reload was ${free.result}`)
    started.set(name, free.started)
    const file = statSync(material.config).size
    const cells = [file, free.started, free.peak].map((bytes, at) => number(bytes / MB, at === 0 ? 1 : 0))
    rows.push([name, ...cells, number(await leastLimit(folder, material, free))])
    if (name === ROUTES) tight = (await run(folder, material, TIGHT * MB)).result
  }
  const million = await startOf(folder, numbers(1_000_000))
  rows.push(['1,000,000 numbers over 1,000 routes, CSV', '0.2', number(million.resident / MB), '', ''])
  const more = (started.get(NUMBERS)! - started.get(EMPTY)!) / MB
  return {
    title: 'Memory of a container',
    method: `\`dialsip serve\` in a control group, as in a container, with ${RATE} webhooks a second: 2 s after the start, then one reload, then 2 s more. What it held after the start, and the most that it held during the reload, both without a limit: much of it is garbage that Node has no reason to collect. Then the least limit (found to ${STEP} MB) with which the start and the reload go well and every webhook gets its answer. With ${TIGHT} MB the reload of 100,000 routes was ${tight}. 1,000,000 numbers were ready ${number(million.seconds, 1)} s after the start.`,
    tables: [
      {
        columns: ['config', 'YAML MB', 'after the start MB', 'most in a reload MB', 'least limit MB'],
        rows,
      },
    ],
    targets: [
      target(
        `reload of 100,000 routes in ${TIGHT} MB`,
        'done or refused',
        tight,
        tight === 'done' || tight === 'refused',
      ),
      target('100,000 numbers by CSV', 'under 80 MB more than 10 routes', `${number(more)} MB`, more < 80),
      target(
        '1,000,000 numbers by CSV',
        'under 700 MB, ready in 10 s',
        `${number(million.resident / MB)} MB, ${number(million.seconds, 1)} s`,
        million.resident < 700 * MB && million.seconds <= 10,
      ),
    ],
  }
}

function target(what: string, atLeast: string, measured: string, met: boolean): Target {
  return { what, atLeast, measured, met }
}

/** What came of a reload under load: `ended` is a server that has ended, `late` webhooks without an answer in time. */
type Result = 'done' | 'refused' | 'ended' | 'late'

interface Run {
  readonly result: Result
  /** Bytes, like `peak`. */
  readonly started: number
  readonly peak: number
}

/** Somewhere between what it held after the start, some of which is garbage, and a little more than it took. */
async function leastLimit(folder: string, material: Material, { started, peak }: Run): Promise<number> {
  let [low, high] = [started * 0.75, peak * 1.1].map((bytes) => Math.ceil(bytes / MB / STEP) * STEP) as [
    number,
    number,
  ]
  while (high - low > STEP) {
    const middle = Math.floor((low + high) / 2 / STEP) * STEP
    if ((await run(folder, material, middle * MB)).result === 'done') high = middle
    else low = middle
  }
  return high
}

let groups = 0

/** One start and one reload, under load; `limit` in bytes. */
async function run(folder: string, { config, webhooks }: Material, limit?: number): Promise<Run> {
  groups += 1
  const group = new ControlGroup(String(groups), limit)
  const ended: Run = { result: 'ended', started: 0, peak: 0 }
  try {
    const server = await start(folder, config, group).catch(() => undefined)
    if (!server) return ended
    try {
      return await reloadedUnderLoad(server, webhooks, group)
    } catch {
      return ended
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
  const [refused, busy] = await Promise.all([
    server.reload().then(
      () => false,
      () => true,
    ),
    load,
  ])
  const after = await open(server, webhooks, 2, CONNECTIONS, RATE)
  const late = [calm, busy, after].some(({ lost, tooLate }) => lost + tooLate > 0)
  const result = server.hasEnded ? 'ended' : late ? 'late' : refused ? 'refused' : 'done'
  return { result, started, peak: group.peak() }
}

function start(folder: string, config: string, group?: ControlGroup): Promise<Server> {
  const args = [script('bin/dialsip.js'), 'serve', '-c', config]
  return Server.start(`container-${groups}`, folder, args, group ? { group } : {})
}

async function startOf(folder: string, size: Size): Promise<{ resident: number; seconds: number }> {
  const config = writeConfig(folder, 'container-million', size)
  groups += 1
  const begin = performance.now()
  const server = await start(folder, config)
  const seconds = (performance.now() - begin) / 1000
  const resident = server.resident()
  await server.stop()
  return { resident, seconds }
}
