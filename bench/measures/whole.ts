import { byAutocannon, fastestLoad } from '../load/load.js'
import { writeMaterial } from '../material/material.js'
import type { Measure, Section, Target } from '../measure.js'
import { median, number, ratios, withSpread } from '../statistics.js'
import {
  CONSTANT,
  type Contender,
  contender,
  EXPRESS,
  HONO,
  inTurns,
  OURS,
  RAW,
  type Rates,
  stopAll,
} from './contenders.js'

/** Of 64 connections, of 32, and by another load generator. */
const ROUNDS = { main: 9, fewer: 7, second: 3 }

/** A webhook that comes again within the memory of dialsip gets its first answer, without a line. */
const LOGGED = 0.99

const FEW = 'dialsip, 10 routes'
const ROUTES = 'dialsip, 100,000 routes'

const SIZES = {
  numbers: { routes: 1000, numbers: 100_000, listed: 'csv', ownUriEvery: 0 },
  routes: { routes: 100_000, numbers: 100_000, listed: 'yaml', ownUriEvery: 0 },
  few: { routes: 10, numbers: 10, listed: 'yaml', ownUriEvery: 0 },
} as const

/** Whole servers that do the same work, turn and turn about. */
export const whole: Measure = async (folder) => {
  const numbers = writeMaterial(folder, 'numbers', SIZES.numbers)
  const others = [CONSTANT, RAW, OURS, HONO, EXPRESS].map((name) => [name, numbers] as const)
  const plan = [
    ...others,
    [FEW, writeMaterial(folder, 'few', SIZES.few)] as const,
    [ROUTES, writeMaterial(folder, 'routes', SIZES.routes)] as const,
  ]
  const contenders: Contender[] = []
  try {
    for (const [name, material] of plan) contenders.push(await contender(name, 'whole', folder, material))
    const compared = contenders.filter(({ name }) => [OURS, RAW, EXPRESS].includes(name))
    const main = await inTurns(contenders, fastestLoad.load, ROUNDS.main)
    const fewer = await inTurns(compared, fastestLoad.load, ROUNDS.fewer, 32)
    const second = await inTurns(compared, byAutocannon, ROUNDS.second)
    for (const one of contenders) await checkLog(one)
    return section(main, fewer, second)
  } finally {
    await stopAll(contenders)
  }
}

/** A webhook that is known already would be answered from memory, and not be decided and logged. */
async function checkLog({ name, server, works }: Contender): Promise<void> {
  const lines = works ? await server.linesLogged() : Number.POSITIVE_INFINITY
  if (lines < LOGGED * server.answered)
    throw new Error(`${name}: ${lines} lines logged, ${server.answered} answers`)
}

type Result = Map<string, Rates>

function section(main: Result, fewer: Result, second: Result): Section {
  return {
    title: 'Whole servers, the same work',
    method: `Closed load by ${fastestLoad.name}, rounds of 2 s, turn and turn about: 64 connections in ${ROUNDS.main} rounds, 32 in ${ROUNDS.fewer}; then 64 by autocannon in ${ROUNDS.second}. Medians, least and most in brackets; a ratio is the median of the rounds' ratios. CPU is of all threads of the server, kernel included. Every full server has written its log line for at least 99 % of the answers, so next to no webhook came while it was remembered: of autocannon's connections some are faster than others.`,
    tables: [table(main), table(fewer), table(second)],
    targets: targets(main, fewer),
  }
}

function table(rates: Result) {
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

function targets(main: Result, fewer: Result): Target[] {
  const [raw, express] = NEWER ? [0.8, 2] : [0.85, 3]
  return [
    nextTo('64 connections: next to raw node:http with a log line', main, OURS, RAW, raw!),
    nextTo('32 connections: next to raw node:http with a log line', fewer, OURS, RAW, raw!),
    nextTo('64 connections: next to Express + Twilio SDK', main, OURS, EXPRESS, express!),
    nextTo('32 connections: next to Express + Twilio SDK', fewer, OURS, EXPRESS, express!),
    nextTo('100,000 routes next to 10', main, ROUTES, FEW, 0.9),
    nextTo('100,000 numbers next to 10', main, OURS, FEW, 0.9),
  ]
}

function nextTo(what: string, rates: Result, one: string, other: string, least: number): Target {
  const measured = median(ratios(rates.get(one)!.perSecond, rates.get(other)!.perSecond))
  return {
    what,
    atLeast: `${number(least, 2)} ×`,
    measured: `${number(measured, 2)} ×`,
    met: measured >= least,
  }
}
