import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page, Request } from 'playwright-core'
import t from 'tap'
import { browserOf, fitsEverywhere, show, violationsOf, withoutBrowser } from '../harness/browser.js'
import { webhook } from '../harness/build.js'
import { actionOf } from '../harness/callback-urls.js'
import { built, folderOf, post, SERVED, serving, until } from '../harness/serving.js'

const LARGEST = 60 * 1024
const HOSTILE = '<img src=x onerror=alert(1)>\u202e'
const CONFIG = `
endpoints:
  frankfurt: { uri: "sip:{{To}}@fra.example.com", maxCalls: 30 }
  dublin: { uri: "sip:{{To}}@dub.example.com" }
schedules:
  office: { timezone: Europe/Berlin, open: mon-sun 00:00-24:00 }
routes:
  - name: main
    to: "+15551230001"
    rules:
      - { name: blocked, if: { from: "+1900*" }, reject: busy }
      - { name: open, if: { schedule: office }, dial: [frankfurt, dublin], otherwise: { say: sorry } }
`
const PAGES = ['/', '/calls', '/endpoints'] as const

t.test('the console is no larger than a picture', (t) => {
  const names = readdirSync('dist/console')
  t.ok(names.includes('index.html'), 'npm run build:all has made it')
  const size = names.reduce((sum, name) => sum + gzipSync(readFileSync(join('dist/console', name))).length, 0)
  t.ok(size <= LARGEST, `${size} bytes with gzip`)
  const index = readFileSync('dist/console/index.html', 'utf8')
  t.notMatch(index, /<style|<script[^>]*>[^<]|style=|https?:/, 'nothing inline, nothing from elsewhere')
  t.end()
})

t.test('the pages of a running server', { skip: withoutBrowser }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  writeFileSync(file, SERVED + CONFIG)
  const [server, browser] = await Promise.all([built(t, file), browserOf(t)])
  const { adminAddress } = server
  const { page, complaints } = await browser.open(adminAddress)

  /** A call to the number; with a code its first hop fails. */
  async function ring(last: string, from: string, code?: string): Promise<string> {
    const call = webhook({ CallSid: sidOf(last), From: from, To: '+15551230001' })
    const { body } = await post(server.address, '/voice', call)
    if (code !== undefined) {
      const ended = { ...call, DialCallStatus: 'failed', DialSipResponseCode: code }
      await post(server.address, actionOf(body), ended)
    }
    return call.CallSid!
  }

  await t.test('until the first call the page says what to do', async (t) => {
    await page.getByText('No call has come yet').waitFor()
    t.match(await textOf(page), 'https://voice.example.com/voice')
    await ring('1', '+15557650001', '503')
    await page.getByText('It works: the first webhook').waitFor()
    t.match(await page.locator('.banner.good').innerText(), /\+15557650001.*frankfurt ✕ 503/s)
    await page.getByRole('button', { name: 'Close' }).click()
    t.equal(await page.locator('.banner').count(), 0)
  })

  await t.test('a call is seen as it comes, and nothing is asked while none does', async (t) => {
    await page.getByText('Calls of this minute').waitFor()
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await ring('2', HOSTILE, '486')
    await page.locator('.paths').getByText('onerror=alert(1)>\\u{202e}').waitFor()
    t.same([...new Set(asked)].sort(), ['/api/calls', '/api/status'])
  })

  await t.test('one stream is open, as long as the page is looked at', async (t) => {
    const { page } = await browser.open('about:blank')
    let open = 0
    const counting = (by: number) => (request: Request) => {
      if (request.url().endsWith('/api/events')) open += by
    }
    page.on('request', counting(1))
    page.on('requestfailed', counting(-1))
    await page.goto(adminAddress)
    for (const name of ['Endpoints', 'Calls', 'Now']) {
      await page.getByRole('link', { name, exact: true }).click()
      await page.getByRole('heading', { name, exact: true }).waitFor()
    }
    await until(t, 'the pages share one', () => open === 1)
    await look(page, false)
    await until(t, 'none is open while nobody looks', () => open === 0)
    await look(page, true)
    await until(t, 'it is opened again', () => open === 1)
    await page.close()
  })

  await t.test('a client that is refused the stream polls', async (t) => {
    const { page } = await browser.open('about:blank')
    await page.route('**/api/events', (route) => route.fulfill({ status: 429, json: { error: 'too many' } }))
    await page.goto(`${adminAddress}/calls`)
    await page.getByText('+15557650001').waitFor()
    await ring('3', '+15557650003')
    await page.getByText('+15557650003').waitFor()
    t.pass('the call is seen')
    await page.close()
  })

  await t.test('an endpoint shows its calls, and what came of them', async (t) => {
    await page.getByRole('link', { name: 'Endpoints' }).click()
    const card = page.locator('.card', { hasText: 'fra.example.com' })
    await card.locator('.dot.bad').waitFor()
    t.match(await card.innerText(), /1 of 30.*0 %.*1 serverError, 1 busy.*serverError\s+1\s+busy\s+1/s)
    t.match(await textOf(page), /As replica \S+ sees it. It shares nothing with others/)
    await card.locator('.dot.bad').click()
    await page.getByText('INVITE dublin').waitFor()
  })

  await t.test('the pages show what is, at any width, in both themes', async (t) => {
    for (const path of [...PAGES, `/calls?call=${sidOf('1')}`]) {
      const text = path === '/endpoints' ? 'fra.example.com' : '+15557650001'
      await fitsEverywhere(t, page, path, () => page.getByText(text).first().waitFor())
    }
  })

  await t.test('a call shows how it went, and says it to the tools', async (t) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.goto(adminAddress)
    await page.getByText('✕ 503').waitFor()
    t.match(await textOf(page), /main\/open/)
    await page.goto(`${adminAddress}/calls?outcome=503`)
    await page.getByRole('row').nth(1).getByRole('link').click()
    await page.getByText('INVITE dublin').waitFor()
    t.match(await textOf(page), /rule blocked was skipped.*serverError, so dublin rings/s)
    await page.getByText('200 dial').first().click()
    t.match(await textOf(page), '<Sip')
    const line = page.locator('details[open] figure', { hasText: 'Log line as JSON' })
    t.match(JSON.parse(await line.locator('pre').innerText()), { callSid: sidOf('1'), hop: 'frankfurt' })
    t.match(await textOf(page), /[\d:]{8} \+15557650001 → \+15551230001 {2}main\/open {2}frankfurt rings/)
    const clipboard = () => page.evaluate<string>('navigator.clipboard.readText()')
    await page.getByRole('button', { name: 'Copy as explain' }).click()
    await page.getByText('copied').waitFor()
    t.match(await clipboard(), /^dialsip explain -c .* --outcome frankfurt=503/)
    await page.getByRole('button', { name: 'Copy as test' }).click()
    await page.getByText('copied').nth(1).waitFor()
    t.match(await clipboard(), /expect:/)
  })

  await t.test('what a hostile caller sends is text', async (t) => {
    await ring('4', 'x'.repeat(10_000))
    for (const path of PAGES) {
      await show(page, path)
      if (path !== '/endpoints') await page.getByText('onerror=alert(1)>\\u{202e}').first().waitFor()
      t.equal(await page.locator('main img').count(), 0)
    }
    await show(page, `/calls?call=${sidOf('2')}`)
    await page.getByText('/voice').first().waitFor()
    for (const one of await page.locator('summary').all()) await one.click()
    t.match(await textOf(page), 'From: <img src=x onerror=alert(1)>\\u{202e}')
    t.equal(await page.locator('main img').count(), 0)
  })

  t.same(complaints, [])

  await t.test('an endpoint is drained and restored by keyboard alone', async (t) => {
    await page.goto(adminAddress)
    await page.getByText('Calls of this minute').waitFor()
    await tabTo(page, 'Search')
    await page.keyboard.type('frank')
    await page.locator('.found').getByText('frankfurt').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Drain frankfurt' }).waitFor()
    await tabTo(page, 'Drain frankfurt')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    t.same(await violationsOf(page), [])
    await page.keyboard.type('new firmware')
    await page.keyboard.press('Tab')
    await page.keyboard.type('never')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('until:').waitFor()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.type('2h')
    await page.keyboard.press('Enter')
    await page.getByText('frankfurt is drained, for this replica.').waitFor()
    await page.getByText('new firmware').waitFor()
    await tabTo(page, 'Restore frankfurt')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('frankfurt is up').waitFor()
    t.match(complaints.splice(0), [/400 \(Bad Request\)/])
  })

  await t.test('an override is set and cleared', async (t) => {
    await page.goto(`${adminAddress}/endpoints`)
    await page.getByRole('button', { name: 'Set an override' }).click()
    const asked = { name: 'office', to: 'closed', until: '2h', author: 'Ann', note: 'fire drill' }
    for (const [name, text] of Object.entries(asked)) await page.locator(`dialog [name=${name}]`).fill(text)
    await page.getByRole('button', { name: 'Set it' }).click()
    await page.getByText('schedule office is closed, for this replica.').waitFor()
    await page.getByRole('link', { name: 'Now' }).click()
    const banner = page.locator('.banner', { hasText: 'office' })
    t.match(await banner.innerText(), /set to closed.*Ann: fire drill/s)
    await page.getByRole('link', { name: 'Endpoints', exact: true }).click()
    await page.getByRole('button', { name: 'Clear schedule office' }).click()
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
    await page.getByText('goes by the config again').waitFor()
    await page.getByText('Nothing is set').waitFor()
  })

  await t.test('what is wrong is said at the top', async (t) => {
    await page.goto(adminAddress)
    await page.getByText('Calls of this minute').waitFor()
    writeFileSync(file, SERVED + CONFIG.replace('dial: [frankfurt', 'dial: [frankfrt'))
    const body = new URLSearchParams(webhook())
    const headers = { 'x-twilio-signature': 'wrong' }
    await fetch(`${server.address}/voice`, { method: 'POST', body, headers })
    await page.getByText('The config on disk is refused').waitFor()
    t.match(await page.locator('.banner.bad').innerText(), /dialsip\.yaml:\d+:\d+.*frankfrt.*frankfurt/s)
    await page.getByText('1 webhook refused').waitFor()
  })

  await t.test('a server that goes is said to be gone, and is seen to come back', async (t) => {
    t.same(complaints, [])
    await server.stop()
    await page.getByText('The server does not answer').waitFor()
    t.match(await textOf(page), '+15557650001')
    const { port } = new URL(adminAddress)
    const head = SERVED.replace('admin: { listen: "127.0.0.1:0"', `admin: { listen: "127.0.0.1:${port}"`)
    const { service } = await serving(t, CONFIG, { head })
    await page.getByText('The server does not answer').waitFor({ state: 'detached' })
    t.pass('it is back')
    service.shared = { up: false, reason: 'Redis does not answer' }
    await page.getByText('The other replicas are not reached').waitFor()
    t.match(await page.locator('.banner.bad').innerText(), 'Redis does not answer')
    await page.getByRole('link', { name: 'Endpoints', exact: true }).click()
    await page.getByText('set for this replica until they are').waitFor()
    service.shared = { up: true, reason: '' }
    await page.getByText('State, calls now and overrides are those of all replicas').waitFor()
    complaints.splice(0)
  })

  await t.test('a token is asked for, and a wrong one refused', async (t) => {
    const head = SERVED.replace('admin: {', 'admin: { tokens: [a-token-of-the-console],')
    const guarded = await serving(t, CONFIG, { head })
    await guarded.post('/voice')
    await page.goto(`${guarded.adminAddress}/calls`)
    await page.getByLabel('Token').fill('another-token-altogether')
    await page.keyboard.press('Enter')
    await page.getByText('does not take this token').waitFor()
    t.same(await violationsOf(page), [])
    await page.getByLabel('Token').fill('a-token-of-the-console')
    await page.keyboard.press('Enter')
    await page.getByText('+15551230001').waitFor()
    await page.reload()
    await page.getByText('+15551230001').waitFor()
  })
})

function sidOf(last: string): string {
  return `CA${last.padStart(32, '0')}`
}

function textOf(page: Page): Promise<string> {
  return page.locator('main').innerText()
}

/** As if the page were behind another tab, or in front again. */
function look(page: Page, isLookedAt: boolean): Promise<unknown> {
  return page.evaluate(`
    Object.defineProperty(document, 'hidden', { value: ${!isLookedAt}, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  `)
}

/** Goes on with Tab until something has the focus whose name begins so. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate<string>(
      'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
    )
    if (focused.startsWith(name)) return
  }
  throw new Error(`no Tab leads to ${name}`)
}
