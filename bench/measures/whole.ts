import { checkAnswers } from '../load/check.js'
import { byAutocannon, fastestLoad, type Load, rated } from '../load/load.js'
import { type Material, writeMaterial } from '../material/material.js'
import type { Measure, Section, Target } from '../measure.js'
import { script } from '../process/place.js'
import { Server } from '../process/server.js'
import { median, number, ratios, withSpread } from '../statistics.js'

const ROUNDS = 9
const SECONDS = 2

/** A webhook that comes again within the memory of dialsip gets its first answer, without a line. */
const LOGGED = 0.99

/** dialsip with so many numbers, or another server that does the same work. */
interface Contender {
  readonly name: string
  readonly server: Server
  readonly material: Material
  /** Whether it answers what the webhook asks for; the constant one does not. */
  readonly works: boolean
}

interface Rates {
  readonly perSecond: number[]
  readonly cpu: number[]
}

const SIZES = {
  many: { routes: 1000, numbers: 100_000, listed: 'csv', ownUriEvery: 0 },
  few: { routes: 10, numbers: 10, listed: 'yaml', ownUriEvery: 0 },
} as const

export const OURS = 'dialsip, 100,000 numbers'
const FEW = 'dialsip, 10 numbers'
const RAW = 'raw node:http, full work, one log line'
const EXPRESS = 'Express 5 + Twilio SDK'

/** Whole servers that do the same work, turn and turn about. */
export const whole: Measure = async (folder) => {
  const contenders = await startAll(folder)
  try {
    for (const { server, material, works } of contenders)
      if (works) await checkAnswers(server, material.webhooks)
    const main = await inTurns(contenders, fastestLoad.load, ROUNDS)
    const second = await inTurns(
      contenders.filter(({ name }) => [OURS, RAW, EXPRESS].includes(name)),
      byAutocannon,
      3,
    )
    for (const one of contenders) await checkLog(one)
    return section(main, second)
  } finally {
    await Promise.all(contenders.map(({ server }) => server.stop()))
  }
}

async function startAll(folder: string): Promise<Contender[]> {
  const many = writeMaterial(folder, 'many', SIZES.many)
  const few = writeMaterial(folder, 'few', SIZES.few)
  const dialsip = (config: string) => [script('bin/dialsip.js'), 'serve', '-c', config]
  const other = (name: string) => [script(`bench/servers/${name}.js`), many.table]
  const plan: [string, Material, string[], boolean][] = [
    ['raw node:http, constant answer', many, other('raw-constant'), false],
    [RAW, many, other('raw-full-log'), true],
    [OURS, many, dialsip(many.config), true],
    [FEW, few, dialsip(few.config), true],
    ['Hono on Node', many, other('hono'), true],
    [EXPRESS, many, other('express-sdk'), true],
  ]
  const contenders: Contender[] = []
  for (const [at, [name, material, args, works]] of plan.entries())
    contenders.push({ name, material, works, server: await Server.start(`server-${at}`, folder, args) })
  return contenders
}

/** Every round asks all of them, forwards and backwards by turns, so that a slow minute hits all alike. */
async function inTurns(
  contenders: readonly Contender[],
  load: Load,
  rounds: number,
): Promise<Map<string, Rates>> {
  const rates = new Map(contenders.map(({ name }) => [name, { perSecond: [], cpu: [] } as Rates]))
  for (const one of contenders) await ask(one, load)
  for (let round = 0; round < rounds; round += 1) {
    for (const one of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const { perSecond, cpu } = await ask(one, load)
      rates.get(one.name)!.perSecond.push(perSecond)
      rates.get(one.name)!.cpu.push(cpu)
    }
  }
  return rates
}

async function ask({ name, server, material, works }: Contender, load: Load) {
  const result = await rated(server, material.webhooks, SECONDS, load)
  if (works && result.wrong > 0) throw new Error(`${name}: ${result.wrong} wrong answers`)
  return result
}

/** A webhook that is known already would be answered from memory, and not be decided and logged. */
async function checkLog({ name, server, works }: Contender): Promise<void> {
  const lines = works ? await server.linesLogged() : Number.POSITIVE_INFINITY
  if (lines < LOGGED * server.answered)
    throw new Error(`${name}: ${lines} lines logged, ${server.answered} answers`)
}

function section(main: Map<string, Rates>, second: Map<string, Rates>): Section {
  return {
    title: 'Whole servers, the same work',
    method: `Closed load by ${fastestLoad.name}, 64 connections, ${ROUNDS} rounds of ${SECONDS} s, turn and turn about; below the same by autocannon, 3 rounds. Medians, least and most in brackets; a ratio is the median of the rounds' ratios. CPU is of all threads of the server, kernel included. Every full server has written its log line for at least 99 % of the answers: of autocannon's connections some are faster than others, so a few webhooks come again while they are remembered.`,
    tables: [table(main), table(second)],
    targets: targets(main),
  }
}

function table(rates: Map<string, Rates>) {
  const raw = rates.get(RAW)!
  return {
    columns: ['server', 'requests/s', 'CPU µs a call', 'next to raw, full work', 'the same by CPU'],
    rows: [...rates].map(([name, { perSecond, cpu }]) => [
      name,
      withSpread(perSecond),
      withSpread(cpu, 1),
      number(median(ratios(perSecond, raw.perSecond)), 2),
      number(median(ratios(raw.cpu, cpu)), 2),
    ]),
  }
}

const NEWER = Number(process.versions.node.split('.')[0]) >= 24

function targets(rates: Map<string, Rates>): Target[] {
  const ours = rates.get(OURS)!.perSecond
  const nextTo = (what: string, name: string, least: number): Target => {
    const measured = median(ratios(ours, rates.get(name)!.perSecond))
    return {
      what,
      atLeast: `${number(least, 2)} ×`,
      measured: `${number(measured, 2)} ×`,
      met: measured >= least,
    }
  }
  return [
    nextTo('whole server next to raw node:http with a log line', RAW, NEWER ? 0.8 : 0.85),
    nextTo('whole server next to Express + Twilio SDK', EXPRESS, NEWER ? 2 : 3),
    nextTo('100,000 numbers next to 10', FEW, 0.97),
  ]
}
