import { numberAt } from '../material/config.js'
import { writeMaterial } from '../material/material.js'
import type { Measure, Target } from '../measure.js'
import { script } from '../process/place.js'
import { Server } from '../process/server.js'
import { median, number, withSpread } from '../statistics.js'

const ROUNDS = 9
/** A week by quarter hours. */
const QUARTERS = 7 * 24 * 4

/** What people wait for on the admin listener, with a config of 100,000 routes. */
export const admin: Measure = async (folder) => {
  const size = { routes: 100_000, numbers: 100_000, listed: 'yaml', ownUriEvery: 0 } as const
  const { config } = writeMaterial(folder, 'admin', size)
  const server = await Server.start('admin', folder, [script('bin/dialsip.js'), 'serve', '-c', config])
  try {
    const base = await server.adminAddress()
    const called = (at: number) => encodeURIComponent(numberAt(at))
    const explain = (at: number, when = '2026-12-24T15:00Z') =>
      answered(`${base}/api/explain?to=${called(at)}&at=${when}`)
    const searched = (text: string) => answered(`${base}/api/routes?search=${encodeURIComponent(text)}`)
    const rows = {
      'explain of one call': await timed((round) => explain(round * 100), 200),
      'explain of a week by quarter hours, one after the other': await timed(async (round) => {
        for (let at = 0; at < QUARTERS; at += 1) await explain(round * 1000, quarter(at))
      }, 3),
      'search that finds one route': await timed((round) => searched(`route-${90_001 + round}`)),
      'search that finds thousands': await timed((round) => searched(`${round}`)),
      'search that finds none': await timed((round) => searched(`nothing-${round}`)),
      'calendar of a week': await timed((round) => answered(`${base}/api/calendar?to=${called(round)}`)),
    }
    return {
      title: 'Admin listener',
      method: `Milliseconds from a question to its whole answer over HTTP, with 100,000 routes and no calls; median of ${ROUNDS} different questions (of one call 200, of a week 3), least and most.`,
      tables: [
        {
          columns: ['', 'ms'],
          rows: Object.entries(rows).map(([name, took]) => [name, withSpread(took, 1)]),
        },
      ],
      targets: [
        target('explain over HTTP', 3, rows['explain of one call']),
        target('explain of a week by quarter hours', 1500, Object.values(rows)[1]!),
        target('search in 100,000 routes', 200, Object.values(rows).slice(2, 5).flat(), Math.max),
      ],
    }
  } finally {
    await server.stop()
  }
}

function quarter(at: number): string {
  return new Date(Date.UTC(2026, 11, 21) + at * 900_000).toISOString()
}

async function answered(url: string): Promise<void> {
  const response = await fetch(url)
  const text = await response.text()
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`)
}

/** Milliseconds of each round, after one that does not count. */
async function timed(once: (round: number) => Promise<void>, rounds = ROUNDS): Promise<number[]> {
  const took: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const begin = performance.now()
    await once(round)
    if (round > 0) took.push(performance.now() - begin)
  }
  return took
}

function target(
  what: string,
  most: number,
  took: readonly number[],
  of: (...values: number[]) => number = (...values) => median(values),
): Target {
  const measured = of(...took)
  return {
    what,
    atLeast: `at most ${number(most)} ms`,
    measured: `${number(measured, 1)} ms`,
    met: measured <= most,
  }
}
