import { writeConfig } from '../material/config.js'
import type { Measure } from '../measure.js'
import { script } from '../process/place.js'
import { runJson } from '../process/run.js'
import { number } from '../statistics.js'
import { loadOnce } from './config-load.js'

const MB = 1024 * 1024
const CALLS = 1_000_000
const SIZES = [1000, 10_000, 100_000]

/** What a route keeps in memory, and that calls keep nothing. */
export const memory: Measure = async (folder) => {
  const perRoute = []
  for (const routes of SIZES) {
    const file = writeConfig(folder, `memory-${routes}`, {
      routes,
      numbers: routes,
      listed: 'yaml',
      ownUriEvery: 4,
    })
    const { kept } = await loadOnce(file, 'dialsip', '--expose-gc')
    perRoute.push([number(routes), number(kept / MB, 1), number(kept / routes)])
  }
  const file = writeConfig(folder, 'calls', { routes: 1000, numbers: 1000, listed: 'yaml', ownUriEvery: 0 })
  const { heap, peak } = await runJson<{ heap: number[]; peak: number }>(
    process.execPath,
    ['--expose-gc', script('bench/children/calls.js'), file, String(CALLS)],
    { ...process.env },
  )
  const growth = heap.at(-1)! / heap[0]! - 1
  return {
    title: 'Memory',
    method: `What stays on the heap after a load, garbage collected. Below: ${number(CALLS)} calls that come in and end, each with its own CallSid, handed to the routes' own functions in one process; the heap after each tenth of them, garbage collected.`,
    tables: [
      { columns: ['routes', 'heap MB', 'bytes a route'], rows: perRoute },
      {
        columns: ['calls', 'heap MB'],
        rows: [
          ...heap.map((bytes, at) => [number(((at + 1) * CALLS) / 10), number(bytes / MB, 1)]),
          ['peak of the process', number(peak / MB, 1)],
        ],
      },
    ],
    targets: [
      {
        what: 'memory over 1,000,000 calls',
        atLeast: 'flat (within 5 %)',
        measured: `${growth < 0 ? '−' : '+'}${number(Math.abs(growth) * 100, 1)} %`,
        met: growth < 0.05,
      },
    ],
  }
}
