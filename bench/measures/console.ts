import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type CDPSession, chromium, type Page } from 'playwright-core'
import { numberAt } from '../material/config.js'
import { writeMaterial } from '../material/material.js'
import type { Measure, Section } from '../measure.js'
import { script } from '../process/place.js'
import { Server } from '../process/server.js'
import { median, number, withSpread } from '../statistics.js'

const CHROMIUM = '/usr/bin/chromium'
const ROUTES = 100_000
const ROUNDS = 15
const MEGABYTE = 1024 ** 2
const [MOST_MS, MOST_MEGABYTES] = [200, 60]

/** The console in a real browser, with 100,000 routes: how soon a search answers, and the memory of its pages. */
export const consoleInBrowser: Measure = async (folder) => {
  if (!existsSync(CHROMIUM)) return section([['there is no Chromium here', '']], [])
  const size = { routes: ROUTES, numbers: ROUTES, listed: 'yaml', ownUriEvery: 0 } as const
  const { config } = writeMaterial(folder, 'console', size)
  const server = await Server.start('console', folder, [script('bin/dialsip.js'), 'serve', '-c', config])
  const profile = join(folder, 'chromium')
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  })
  try {
    return await measured(await context.newPage(), await server.adminAddress())
  } finally {
    await context.close()
    await server.stop()
    rmSync(profile, { recursive: true, force: true })
  }
}

async function measured(page: Page, base: string): Promise<Section> {
  const debug = await page.context().newCDPSession(page)
  await debug.send('Performance.enable')
  const heaps = new Map<string, number>()
  await page.goto(base)
  const took = await searches(page)
  heaps.set('what happens now, after the searches', await heapOf(debug))
  const to = encodeURIComponent(numberAt(5))
  const pages = [
    ['the picture of a number', `/routes?to=${to}`, 'route-5'],
    ['a list of routes', '/routes?search=route-9', 'route-9'],
    ['the week of a number', `/week?to=${to}`, 'No schedule changes anything'],
    ['the endpoints', '/endpoints', 'frankfurt'],
  ] as const
  for (const [name, path, text] of pages) {
    await page.goto(base + path)
    await page.locator('main').getByText(text).first().waitFor()
    heaps.set(name, await heapOf(debug))
  }
  const most = Math.max(...heaps.values())
  return section(
    [
      ['a search that finds one route, ms', withSpread(took, 0)],
      ...[...heaps].map(([name, bytes]) => [`memory: ${name}, MB`, number(bytes / MEGABYTE, 1)]),
    ],
    [
      {
        what: 'console: search in 100,000 routes',
        atLeast: `at most ${MOST_MS} ms`,
        measured: `${number(median(took))} ms`,
        met: median(took) <= MOST_MS,
      },
      {
        what: 'console: memory of a page with 100,000 routes',
        atLeast: `at most ${MOST_MEGABYTES} MB`,
        measured: `${number(most / MEGABYTE, 1)} MB`,
        met: most <= MOST_MEGABYTES * MEGABYTE,
      },
    ],
  )
}

/** Milliseconds from the last key to what is found; the first one does not count. */
async function searches(page: Page): Promise<number[]> {
  const field = page.getByRole('searchbox')
  const took: number[] = []
  for (let round = 0; round <= ROUNDS; round += 1) {
    const name = `route-${10_000 + round * 5_003}`
    await field.fill('')
    const begin = performance.now()
    await field.fill(name)
    await page.locator('.found a', { hasText: name }).waitFor()
    if (round > 0) took.push(performance.now() - begin)
  }
  return took
}

/** Bytes that JavaScript holds, garbage included. */
async function heapOf(debug: CDPSession): Promise<number> {
  const { metrics } = await debug.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')!.value
}

function section(rows: readonly (readonly string[])[], targets: Section['targets']): Section {
  return {
    title: 'The console in a browser',
    method: `Chromium, and a server with ${number(ROUTES)} routes: from the last key in the field at the top to what is found on the page, ${ROUNDS} different ones, and the heap of JavaScript on each page without a collection before.`,
    tables: [{ columns: ['', ''], rows }],
    targets,
  }
}
