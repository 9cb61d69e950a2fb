import { type Size, writeConfig } from '../material/config.js'
import type { Measure, Table, Target } from '../measure.js'
import { script } from '../process/place.js'
import { runJson } from '../process/run.js'
import { median, number, ratios, withSpread } from '../statistics.js'

/** What a fresh process tells of one load. */
interface Once {
  readonly milliseconds: number
  readonly cpu: number
  /** Bytes: the most that the whole process held. */
  readonly peak: number
  /** Bytes that stay on the heap. */
  readonly kept: number
}

const ROUNDS = 5
const MB = 1024 * 1024

/** Every fourth route has a SIP URI of its own, which is parsed and checked. */
const routes = (count: number): Size => ({ routes: count, numbers: count, listed: 'yaml', ownUriEvery: 4 })

const FILES: Readonly<Record<string, Size>> = {
  '10 routes': routes(10),
  '100 routes': routes(100),
  '1,000 routes': routes(1000),
  '10,000 routes': routes(10_000),
  '100,000 routes': routes(100_000),
  '100,000 numbers over 1,000 routes, YAML': {
    routes: 1000,
    numbers: 100_000,
    listed: 'yaml',
    ownUriEvery: 4,
  },
  '100,000 numbers over 1,000 routes, CSV': { routes: 1000, numbers: 100_000, listed: 'csv', ownUriEvery: 4 },
}

/** Loading a config in a fresh process, next to js-yaml parsing the same file. */
export const configLoad: Measure = async (folder) => {
  const rows: string[][] = []
  const targets: Target[] = []
  for (const [name, size] of Object.entries(FILES)) {
    const file = writeConfig(folder, `load-${rows.length}`, size)
    const rounds = await inTurns(file)
    rows.push([
      name,
      ...cells(rounds.map((round) => round.ours)),
      ...cells(rounds.map((round) => round.yaml)),
    ])
    if (name === '100,000 routes') targets.push(...targetsOf(rounds))
  }
  const table: Table = {
    columns: ['', 'dialsip ms', 'CPU ms', 'peak MB', 'js-yaml ms', 'CPU ms', 'peak MB'],
    rows,
  }
  return {
    title: 'Loading a config',
    method: `Read, parse, check and compile, nine lines a route, each time in a fresh process; next to it js-yaml's \`load\` of the same file (without the CSV). ${ROUNDS} rounds; the peak is of the whole process, Node included.`,
    tables: [table],
    targets,
  }
}

interface Round {
  readonly ours: Once
  readonly yaml: Once
}

async function inTurns(file: string): Promise<Round[]> {
  const rounds: Round[] = []
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push({ ours: await loadOnce(file, 'dialsip'), yaml: await loadOnce(file, 'js-yaml') })
  return rounds
}

export function loadOnce(file: string, how: string, ...flags: string[]): Promise<Once> {
  return runJson(process.execPath, [...flags, script('bench/children/load-once.js'), file, how])
}

function cells(loads: readonly Once[]): string[] {
  return [
    withSpread(loads.map((load) => load.milliseconds)),
    withSpread(loads.map((load) => load.cpu)),
    withSpread(loads.map((load) => load.peak / MB)),
  ]
}

function targetsOf(rounds: readonly Round[]): Target[] {
  const target = (what: string, most: number, measure: (load: Once) => number): Target => {
    const ratio = median(
      ratios(
        rounds.map(({ ours }) => measure(ours)),
        rounds.map(({ yaml }) => measure(yaml)),
      ),
    )
    return { what, atLeast: `at most ${most} ×`, measured: `${number(ratio, 2)} ×`, met: ratio <= most }
  }
  return [
    target('load of 100,000 routes next to js-yaml, time', 3, (load) => load.milliseconds),
    target('load of 100,000 routes next to js-yaml, peak memory', 2, (load) => load.peak),
  ]
}
