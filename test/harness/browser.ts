import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'

const CHROMIUM = '/usr/bin/chromium'
/** Parts of Chromium that would ask others than the server of the test, or start pages of their own in processes of their own. */
const NOT_NEEDED = [
  'AimEnabled',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxPopup',
]
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // only the last of its kind counts, so this takes the place of Playwright's
  `--disable-features=${NOT_NEEDED.join(',')}`,
]
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Why tests that want a browser are skipped; false where there is one. */
export const withoutBrowser = existsSync(CHROMIUM)
  ? false
  : 'chromium is not installed (apt-get install chromium)'

/** What went wrong in a page: exceptions, errors on its console, and what its Content-Security-Policy has refused. */
type Complaints = string[]

interface OpenPage {
  readonly page: Page
  readonly complaints: Complaints
}

/** A browser with a profile of its own, until the test ends. Only the server of the test is to be reached. */
export async function browserOf(t: Test): Promise<{ open(url: string): Promise<OpenPage> }> {
  const profile = mkdtempSync(join(tmpdir(), 'dialsip-browser-'))
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    args: FLAGS,
  })
  t.teardown(async () => {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  })
  return {
    async open(url) {
      const page = await context.newPage()
      const complaints: Complaints = []
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()))
      page.on('dialog', (dialog) => {
        complaints.push(`dialog: ${dialog.message()}`)
        void dialog.dismiss()
      })
      await page.goto(url)
      return { page, complaints }
    },
  }
}

/** What axe-core has against a page, by all of its rules or by one: the rule, and where. */
export async function violationsOf(page: Page, rule?: string): Promise<string[]> {
  // the page itself lets no such script in; this one comes by the debugger
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(AXE)
  const options = { resultTypes: ['violations'], ...(rule !== undefined && { runOnly: [rule] }) }
  return page.evaluate(`(async () => {
    const { violations } = await axe.run(document, ${JSON.stringify(options)})
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html))
  })()`)
}

/** That a page of the console fits narrow and wide windows, and is accessible in both themes, once it has been seen. */
export async function fitsEverywhere(
  t: Test,
  page: Page,
  path: string,
  seen: (width: number) => Promise<unknown>,
): Promise<void> {
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 800 })
    await show(page, path)
    await seen(width)
    t.equal(await overflowOf(page), 0, `${path} fits ${width} px`)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      // a theme has colours of its own, and nothing else
      const rule = colorScheme === 'dark' ? 'color-contrast' : undefined
      t.same(await violationsOf(page, rule), [], `${path} is accessible, ${colorScheme}, ${width} px`)
    }
  }
}

/** Shows a page of the console from its beginning, without loading its code again: by one that is not there. */
export async function show(page: Page, path: string): Promise<void> {
  await goTo(page, '/nowhere')
  await page.getByRole('heading', { name: 'This page is not there' }).waitFor()
  await goTo(page, path)
}

/** As the browser's buttons for back and forward do. */
function goTo(page: Page, path: string): Promise<unknown> {
  return page.evaluate(
    `history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`,
  )
}

/** How far a page is wider than its window, in pixels. */
function overflowOf(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}
