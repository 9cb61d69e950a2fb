import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t from 'tap'
import { browserOf, fitsEverywhere, show, withoutBrowser } from '../harness/browser.js'
import { comparingHere } from '../harness/comparing-here.js'
import { folderOf, SERVED, serving } from '../harness/serving.js'

const NOW = Date.parse('2026-11-20T10:00:00Z')
const HOSTILE = '<img src=x onerror=alert(1)>\u202e'
const CONFIG = `
endpoints:
  frankfurt: { uri: "sip:{{To}}@fra.example.com" }
  dublin: { uri: "sip:{{To}}@dub.example.com" }
schedules:
  office:
    timezone: Europe/Berlin
    open: [mon-fri 09:00-18:00, 2026-12-23 10:00-12:00]
    closed: [2026-12-25, 2026-12-26..2027-01-01]
routes:
  - name: main
    to: "+4930123456"
    rules:
      - { name: open, if: { schedule: office }, dial: [frankfurt, dublin], otherwise: { say: sorry } }
      - { name: shut, say: ${JSON.stringify(HOSTILE)} }
  - { name: always, to: "+15551230001", reject: busy }
tests:
  - name: the office is open
    call: { to: "+4930123456", from: "+491701234567", at: 2026-11-20T10:00:00+01:00 }
    expect: { dials: frankfurt, route: main }
`
/** The same without a warning. */
const OTHER = SERVED + CONFIG.replace(JSON.stringify(HOSTILE), 'closed')
const WEEK = '/week?to=%2B4930123456&from=%2B491701234567&day=2026-12-24'

// the clock of the one is stopped
const { adminAddress, service, comparisons } = await serving(t, CONFIG, { now: () => NOW })
const comparing = await serving(t, OTHER, { head: '' })
const { file } = comparing
// a thread for each comparison would take most of the time
Object.assign(comparisons, { answer: comparingHere(service) })
Object.assign(comparing.comparisons, { answer: comparingHere(comparing.service) })
const skip = withoutBrowser
const looking = withoutBrowser ? undefined : await lookingFrom('America/New_York')

/** A page of a browser elsewhere. */
async function lookingFrom(timezoneId: string) {
  const opened = await (await browserOf(t)).open('about:blank')
  const debug = await opened.page.context().newCDPSession(opened.page)
  await debug.send('Emulation.setTimezoneOverride', { timezoneId })
  return opened
}

/** A page of the console, and what it has complained of. A comparison that is under way is none of its complaints. */
async function open(path: string, server = adminAddress) {
  const { page, complaints } = looking!
  complaints.splice(0)
  await page.setViewportSize({ width: 1280, height: 720 })
  await page.emulateMedia({ colorScheme: 'light' })
  if (page.url().startsWith(server)) await show(page, path)
  else await page.goto(server + path)
  return { page, complaints: () => complaints.filter((one) => !one.includes('429')) }
}

/** A hostile text as it is seen. */
const shown = (text: string) => text.replace('\u202e', '\\u{202e}')

const textOf = (page: Page) => page.locator('main').innerText()

/** Waits for the answer of the server. */
async function compared(page: Page, headline: string): Promise<void> {
  await page.locator('.verdict', { hasText: headline }).waitFor()
  await page.locator('.asking:not(:empty)').waitFor({ state: 'detached' })
}

t.test('week and change fit any width, and are accessible in both themes', { skip }, async (t) => {
  const { page, complaints } = await open('/week')
  const texts = {
    '/week': 'open (mon-fri 09:00-18:00)',
    [WEEK]: 'Mon 21 Dec to Sun 27 Dec',
    '/week?schedule=office': 'Holidays and special hours ahead',
    '/change': 'No call changes',
  }
  for (const [path, text] of Object.entries(texts)) {
    await fitsEverywhere(t, page, path, () => page.getByText(text).first().waitFor())
    await page.emulateMedia({ media: 'print' })
    t.notOk(await page.getByRole('navigation').isVisible(), `${path} is printed without its navigation`)
    await page.emulateMedia({ media: 'screen' })
  }
  t.same(complaints(), [])
})

t.test('a week says who rings when, by the clock of the schedule or of the reader', { skip }, async (t) => {
  const { page, complaints } = await open(WEEK)
  const day = (name: string) => page.getByRole('region', { name })
  await day('Thu 24 Dec').waitFor()
  t.same(await day('Thu 24 Dec').getByRole('link').allInnerTexts(), [
    `00:00 to 09:00:\nsay "${shown(HOSTILE)}"\nrule shut of main`,
    '09:00 to 18:00:\nfrankfurt → dublin\nrule open of main',
    `18:00 to 24:00:\nsay "${shown(HOSTILE)}"\nrule shut of main`,
  ])
  t.match(await day('Wed 23 Dec').innerText(), /2026-12-23 10:00-12:00/)
  t.match(await day('Fri 25 Dec').innerText(), /^Fri 25 Dec\s+2026-12-25\s/)
  t.match(await textOf(page), 'Next change: office closes Fri 20 Nov, 18:00, in 7 h.')
  t.equal(await page.locator('main img').count(), 0)
  await page.getByLabel('America/New_York (mine)').check()
  await day('Thu 24 Dec').getByText('03:00 to 12:00').waitFor()
  t.match(page.url(), 'zone=mine')
  t.same(complaints(), [])
})

t.test('a block leads to a call at its time, or at that of the pointer', { skip }, async (t) => {
  const { page } = await open(WEEK)
  const block = page.getByRole('region', { name: 'Thu 24 Dec' }).getByRole('link', { name: 'frankfurt' })
  const query = 'to=%2B4930123456&from=%2B491701234567&at=2026-12-24T'
  t.equal(await block.getAttribute('href'), `/try?${query}09%3A00%3A00%2B01%3A00`)
  await block.focus()
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname === '/try')
  await page.goBack()
  const { height } = (await block.boundingBox())!
  await block.click({ position: { x: 10, y: (height * 6) / 9 + 2 } })
  await page.waitForURL((url) => url.search === `?${query}15%3A00%3A00%2B01%3A00`)
  t.pass('six hours after nine it is 15:00')
})

t.test('arrow keys and links show other weeks', { skip }, async (t) => {
  const { page } = await open(WEEK)
  await page.getByText('Mon 21 Dec to Sun 27 Dec 2026').waitFor()
  await page.keyboard.press('ArrowRight')
  await page.getByText('Mon 28 Dec to Sun 3 Jan 2027').waitFor()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await page.getByText('Mon 14 Dec to Sun 20 Dec').waitFor()
  await page.getByLabel('Called number').focus()
  await page.keyboard.press('ArrowRight')
  await page.getByRole('link', { name: 'This week' }).click()
  await page.getByText('Mon 16 Nov to Sun 22 Nov').waitFor()
  t.match(await textOf(page), /At this moment: frankfurt → dublin\./)
  await page.getByLabel('Called number').fill('nobody')
  await page.keyboard.press('Enter')
  t.match(await page.getByRole('alert').innerText(), '"nobody" is neither a phone number nor a SIP address')
})

t.test('what is set by hand is marked, also in the list of days', { skip }, async (t) => {
  const until = Date.parse('2026-11-20T15:00:00Z')
  const note = { until, author: 'anna', note: 'outing', since: NOW }
  service.overrides.set({ kind: 'schedule', name: 'office', to: 'closed', ...note })
  const { page } = await open('/week?to=%2B4930123456')
  await page.getByRole('link', { name: /set by hand: office: set closed until .* by anna: outing/ }).waitFor()
  await page.setViewportSize({ width: 360, height: 800 })
  t.notOk(await page.getByRole('region', { name: 'Fri 20 Nov' }).isVisible())
  const today = page.getByRole('listitem').filter({ hasText: 'Fri 20 Nov, today' })
  t.match(await today.first().innerText(), /11:00–16:00[^–]*by anna: outing/)
  service.overrides.clear('schedule', 'office', NOW)
})

t.test('a schedule shows its year, with the holidays ahead', { skip }, async (t) => {
  const { page, complaints } = await open('/week')
  await page.getByRole('link', { name: 'office' }).click()
  await page.getByRole('heading', { name: 'Holidays and special hours ahead' }).waitFor()
  const items = page.locator('.specials li')
  t.same(await items.allInnerTexts(), [
    'Wed 23 Dec\nspecial hours 2026-12-23 10:00-12:00\nin 33 days',
    'Fri 25 Dec\nclosed 2026-12-25\nin 35 days',
    'Sat 26 Dec to Thu 31 Dec\nclosed 2026-12-26..2027-01-01\nin 36 days',
  ])
  t.equal(await page.locator('.cell').count(), 365)
  t.equal(await page.locator('.cell.year-holiday').count(), 7)
  await page.getByRole('link', { name: '2027' }).click()
  await items.getByText('Fri 1 Jan').waitFor()
  t.equal(await page.locator('.cell.year-holiday').count(), 1)
  await page.getByRole('link', { name: '2026' }).click()
  await items.getByText('Fri 25 Dec').waitFor()
  t.same(complaints(), [])
})

t.test('the file on disk is compared with what runs', { skip }, async (t) => {
  const { page, complaints } = await open('/change', comparing.adminAddress)
  await compared(page, 'No call changes')
  t.match(await textOf(page), /Its tests: 1 passed, 0 failed/)
  writeFileSync(file, OTHER.replace('dial: [frankfurt', `${JSON.stringify(HOSTILE)}: [frankfurt`))
  await page.getByRole('button', { name: 'Look again' }).click()
  await compared(page, 'It would be refused')
  t.match(
    await page.locator('.findings').innerText(),
    /there is no key "<img.*\\u{202e}.*dialsip\.yaml:\d+:\d+/s,
  )
  t.match(await page.locator('.excerpt mark').first().innerText(), '<img src=x onerror=alert(1)>\ufffd')
  t.equal(await page.locator('main img').count(), 0)
  t.same(complaints(), [])
})

t.test('a pasted config is compared, and its tests are run', { skip }, async (t) => {
  const { page, complaints } = await open('/change', comparing.adminAddress)
  await page.getByLabel('A pasted one').check()
  await page.getByLabel('YAML').fill(OTHER.replace('dial: [frankfurt, dublin]', 'dial: [dublin, frankfurt]'))
  await page.getByRole('button', { name: 'Compare' }).click()
  await compared(page, '1 test failed, calls change')
  t.match(
    await textOf(page),
    /route main \+4930123456.*For example.*now\s+dial frankfurt.*then\s+dial dublin/s,
  )
  t.match(
    await page.locator('.tests').innerText(),
    /failed\s+the office is open dialsip\.yaml:\d+\s+dials\s+dublin instead of frankfurt/,
  )
  const example = page.getByRole('link', { name: '→ +4930123456' })
  t.match(await example.getAttribute('href'), /^\/try\?to=%2B4930123456&from=.*&at=20/)
  const buffer = Buffer.from(`${SERVED}routes: []\n`)
  await page
    .getByLabel('or a file from here')
    .setInputFiles({ name: 'new.yaml', mimeType: 'text/yaml', buffer })
  await page.getByRole('button', { name: 'Compare' }).click()
  await page.getByText('route always, then no route').waitFor()
  t.match(await textOf(page), /Calls change.*Its tests\s+It has none/s)
  const choose = async (bytes: number) => {
    const large = join(folderOf(t), 'l.yaml')
    writeFileSync(large, Buffer.alloc(bytes, '#'))
    await page.getByLabel('or a file from here').setInputFiles(large)
  }
  await choose(16 * 1024 ** 2)
  await page.getByText('l.yaml is too large: the server takes 15 MB').waitFor()
  await choose(1024 ** 2)
  await page.getByText('l.yaml is compared, 1.0 MB.').waitFor()
  await page.getByRole('button', { name: 'Write a text instead' }).click()
  await page.getByLabel('YAML').waitFor()
  t.same(complaints(), [])
})
