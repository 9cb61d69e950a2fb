import { fastestLoad } from '../load/load.js'
import { writeMaterial } from '../material/material.js'
import type { Measure, Target } from '../measure.js'
import { nodeOf } from '../process/nodes.js'
import { median, number, ratios, withSpread } from '../statistics.js'
import { type Contender, contender, EXPRESS, inTurns, OURS, RAW, type Rates, stopAll } from './contenders.js'

const ROUNDS = 5

/** What is aimed at next to the raw server and next to Express with Twilio's SDK, by Node's major version. */
const AIMS: readonly (readonly [major: number, raw: number, express: number])[] = [
  [20, 0.85, 3],
  [22, 0.85, 3],
  [24, 0.8, 2],
]

/** The same servers on each Node that people run, all in one run. */
export const nodes: Measure = async (folder) => {
  const material = writeMaterial(folder, 'nodes', {
    routes: 1000,
    numbers: 100_000,
    listed: 'csv',
    ownUriEvery: 0,
  })
  const rows: string[][] = []
  const targets: Target[] = []
  for (const [major, leastRaw, leastExpress] of AIMS) {
    const node = nodeOf(major)
    if (node === undefined) {
      rows.push([`Node ${major}`, 'not to be had here', '', '', '', ''])
      continue
    }
    const contenders: Contender[] = []
    try {
      for (const name of [RAW, OURS, EXPRESS])
        contenders.push(await contender(name, `node-${major}`, folder, material, { node }))
      const rates = await inTurns(contenders, fastestLoad.load, ROUNDS)
      const [raw, ours, express] = [RAW, OURS, EXPRESS].map((name) => rates.get(name)!) as [
        Rates,
        Rates,
        Rates,
      ]
      const [besideRaw, besideExpress] = [raw, express].map((other) =>
        median(ratios(ours.perSecond, other.perSecond)),
      ) as [number, number]
      rows.push([
        `Node ${major}`,
        ...[raw, ours, express].map(({ perSecond }) => withSpread(perSecond)),
        ...[besideRaw, besideExpress].map((ratio) => number(ratio, 2)),
      ])
      targets.push(
        target(`Node ${major}: next to raw node:http with a log line`, leastRaw, besideRaw),
        target(`Node ${major}: next to Express + Twilio SDK`, leastExpress, besideExpress),
      )
    } finally {
      await stopAll(contenders)
    }
  }
  return {
    title: 'Each Node that people run',
    method: `As above with ${fastestLoad.name} and 64 connections, ${ROUNDS} rounds; requests/s of each server, and those of dialsip next to each of the others on the same Node.`,
    tables: [
      { columns: ['', 'raw node:http', 'dialsip', 'Express + SDK', 'next to raw', 'next to Express'], rows },
    ],
    targets,
  }
}

function target(what: string, least: number, measured: number): Target {
  return {
    what,
    atLeast: `${number(least, 2)} ×`,
    measured: `${number(measured, 2)} ×`,
    met: measured >= least,
  }
}
