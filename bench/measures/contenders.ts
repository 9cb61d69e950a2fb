import { checkAnswers } from '../load/check.js'
import { type Load, rated } from '../load/load.js'
import type { Material } from '../material/material.js'
import { script } from '../process/place.js'
import { type Launch, Server } from '../process/server.js'

// Servers that do the same work, asked turn and turn about.

export const RAW = 'raw node:http, full work, one log line'
export const CONSTANT = 'raw node:http, constant answer'
export const OURS = 'dialsip, 100,000 numbers'
export const HONO = 'Hono on Node'
export const EXPRESS = 'Express 5 + Twilio SDK'

/** The servers that are not dialsip, by their files in `bench/servers`. */
const OTHERS: Readonly<Record<string, string>> = {
  [CONSTANT]: 'raw-constant',
  [RAW]: 'raw-full-log',
  [HONO]: 'hono',
  [EXPRESS]: 'express-sdk',
}

export interface Contender {
  readonly name: string
  readonly server: Server
  readonly material: Material
  /** Whether it answers what the webhook asks for; the constant one does not. */
  readonly works: boolean
}

/** Starts a server by its name, dialsip if it is no other, and has each of 2,000 answers checked. */
export async function contender(
  name: string,
  prefix: string,
  folder: string,
  material: Material,
  launch: Launch = {},
): Promise<Contender> {
  const other = OTHERS[name]
  const args = other
    ? [script(`bench/servers/${other}.js`), material.table]
    : [script('bin/dialsip.js'), 'serve', '-c', material.config]
  const log = `${prefix}-${name.replace(/\W+/g, '-')}`
  const server = await Server.start(log, folder, args, launch)
  const works = name !== CONSTANT
  if (works) await checkAnswers(server, material.webhooks)
  return { name, material, works, server }
}

/** Rates of one server, a value for each round. */
export interface Rates {
  readonly perSecond: number[]
  readonly cpu: number[]
}

const SECONDS = 2

/** Every round asks all of them, forwards and backwards by turns, so that a slow minute hits all alike. */
export async function inTurns(
  contenders: readonly Contender[],
  load: Load,
  rounds: number,
  connections?: number,
): Promise<Map<string, Rates>> {
  const rates = new Map(contenders.map(({ name }) => [name, { perSecond: [], cpu: [] } as Rates]))
  for (const one of contenders) await ask(one, load, connections)
  for (let round = 0; round < rounds; round += 1) {
    for (const one of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const { perSecond, cpu } = await ask(one, load, connections)
      rates.get(one.name)!.perSecond.push(perSecond)
      rates.get(one.name)!.cpu.push(cpu)
    }
  }
  return rates
}

async function ask({ name, server, material, works }: Contender, load: Load, connections?: number) {
  const result = await rated(server, material.webhooks, SECONDS, load, connections)
  if (works && result.wrong > 0) throw new Error(`${name}: ${result.wrong} wrong answers`)
  return result
}

export async function stopAll(contenders: readonly Contender[]): Promise<void> {
  await Promise.all(contenders.map(({ server }) => server.stop()))
}
