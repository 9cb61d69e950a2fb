import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fastestLoad, rated } from '../load/load.js'
import { writeMaterial } from '../material/material.js'
import type { Measure } from '../measure.js'
import { script } from '../process/place.js'
import { Server } from '../process/server.js'
import { number } from '../statistics.js'

interface Frame {
  readonly functionName: string
  readonly url: string
}

interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame; readonly children?: number[] }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
  /** Microseconds, of the clock that `process.hrtime` reads. */
  readonly startTime: number
}

/** To what the time of a function belongs; of its callers, the nearest that one of these knows. */
const PARTS: readonly (readonly [part: string, pattern: RegExp])[] = [
  ['idle', /^\(idle\)/],
  ['garbage collection', /^\(garbage collector\)/],
  ['kernel, libuv, V8', /^\(program\)/],
  ['metrics', /prom-client|\/routes\/(?:meters|gauges|label-names|answer-seizure)/],
  ['health and limits', /\/src\/state\//],
  ['recent calls', /\/src\/calls\/|\/routes\/finish/],
  ['log line', /node_modules\/(?:pino|sonic-boom|thread-stream|safe-stable-stringify)|\/bin\/log/],
  ['signature', /\/src\/twilio\/signature|\/routes\/(?:webhook-signatures|signature)/],
  ['form', /\/src\/twilio\/form/],
  ['parameters of the call', /\/src\/call\/|node_modules\/zod|\/src\/numbers\/address/],
  ['TwiML', /\/src\/xml\/|\/src\/actions\/twiml-writer|\/src\/dial\/plan/],
  ['look-up and decision', /\/src\/(?:decide|conditions|actions|dial|numbers|template|sip|schedule)/],
  ['our routes', /\/routes\/|\/bin\//],
  ['Fastify', /node_modules\/(?:fastify|find-my-way|light-my-request|avvio|@fastify)/],
  ['HTTP in Node', /^\S* ?node:|^\(/],
]

const SECONDS = 5

/** Where each microsecond goes: `--cpu-prof` of the server under load. */
export const profile: Measure = async (folder) => {
  const size = { routes: 1000, numbers: 100_000, listed: 'csv', ownUriEvery: 0 } as const
  const { config, webhooks } = writeMaterial(folder, 'profile', size)
  const server = await Server.start('profiled', folder, [
    ...['--cpu-prof', '--cpu-prof-interval', '250', '--cpu-prof-dir', join(folder, 'profiles')],
    ...[script('bin/dialsip.js'), 'serve', '-c', config],
  ])
  await rated(server, webhooks, 2, fastestLoad.load)
  const from = Number(process.hrtime.bigint() / 1000n)
  const { cpu } = await rated(server, webhooks, SECONDS, fastestLoad.load)
  const until = Number(process.hrtime.bigint() / 1000n)
  await server.stop()
  const shares = sharesOf(readProfile(join(folder, 'profiles')), from, until)
  const watching = ['metrics', 'recent calls', 'health and limits'].map((part) => shares.get(part) ?? 0)
  const watched = watching.reduce((sum, share) => sum + share, 0)
  return {
    title: 'Where each microsecond goes',
    method: `\`--cpu-prof\` of dialsip with 100,000 numbers under full load for ${SECONDS} s. A function's time belongs to the nearest of itself and its callers that the table knows; what native code and the kernel take within a call of JavaScript is with that. ${number(cpu, 1)} µs of CPU a call, the profiler's own work included; the shares matter.`,
    tables: [
      {
        columns: ['', 'share', 'µs a call'],
        rows: [...shares]
          .sort(([, a], [, b]) => b - a)
          .map(([part, share]) => [part, `${number(share * 100, 1)} %`, number(share * cpu, 1)]),
      },
    ],
    targets: [
      {
        what: 'metrics, recent calls and health together',
        atLeast: 'under 6 % of CPU',
        measured: `${number(watched * 100, 1)} %`,
        met: watched < 0.06,
      },
    ],
  }
}

/** There may be profiles of other threads too; the main one's has the lowest thread number in its name. */
function readProfile(folder: string): CpuProfile {
  const [first] = readdirSync(folder).sort()
  const read = JSON.parse(readFileSync(join(folder, first!), 'utf8')) as CpuProfile
  rmSync(folder, { recursive: true })
  return read
}

/** The share of each part in the time between two moments; what is idle does not count. */
function sharesOf({ nodes, samples, timeDeltas, startTime }: CpuProfile, from: number, until: number) {
  const parts = partsOf(nodes)
  const times = new Map<string, number>()
  let now = startTime
  for (const [at, id] of samples.entries()) {
    now += timeDeltas[at]!
    const part = parts.get(id)!
    if (now >= from && now <= until && part !== 'idle')
      times.set(part, (times.get(part) ?? 0) + timeDeltas[at]!)
  }
  const all = [...times.values()].reduce((sum, time) => sum + time, 0)
  return new Map([...times].map(([part, time]) => [part, time / all]))
}

function partsOf(nodes: CpuProfile['nodes']): Map<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parts = new Map<number, string>()
  mark(nodes[0]!.id, 'HTTP in Node')
  return parts

  function mark(id: number, inherited: string): void {
    const { callFrame, children = [] } = byId.get(id)!
    const own = partOf(callFrame, inherited)
    parts.set(id, own)
    for (const child of children) mark(child, own)
  }
}

/** What Node's own code does inside of one of our parts is that part's. */
function partOf({ functionName, url }: Frame, inherited: string): string {
  const text = `${functionName} ${url}`
  const found = PARTS.find(([, pattern]) => pattern.test(text))?.[0]
  if (found === undefined || (found === 'HTTP in Node' && !SHELLS.includes(inherited))) return inherited
  return found
}

/** Parts that call Node's HTTP: the time spent there counts as HTTP. */
const SHELLS = ['HTTP in Node', 'Fastify', 'our routes']
