import t from 'tap'
import { browserOf, fitsEverywhere, show, withoutBrowser } from '../harness/browser.js'
import { webhook } from '../harness/build.js'
import { actionOf } from '../harness/callback-urls.js'
import { SERVED, serving } from '../harness/serving.js'

const HOSTILE = '<img src=x onerror=alert(1)>'
const HEAD = SERVED.replace('authTokens', 'enhancedSip: true, authTokens')
const CONFIG = `
defaults: { otherwise: voicemail }
endpoints:
  frankfurt: { uri: "sip:{{To}}@fra.example.com", maxCalls: 30 }
  dublin: { uri: "sip:{{To}}@dub.example.com" }
schedules:
  office: { timezone: Europe/Berlin, open: [mon-sun 00:00-24:00], closed: [2026-12-25] }
  never: { timezone: Europe/Berlin, open: [mon 03:00-03:01], closed: [2026-01-01..2027-12-31] }
actions: { voicemail: { say: Leave a message., record: true } }
rules:
  - { name: blocked, if: { from: "+1900*" }, reject: busy }
routes:
  - name: berlin
    to: ["+4930123456", "+493099*"]
    rules:
      - { name: fire, if: { schedule: never, params: { Name: "${HOSTILE}" } }, say: The house is closed. }
      - { name: vip, if: { from: "+49170*" }, dial: [{ ring: [frankfurt, dublin] }, { number: "+491709876543" }], screen: true }
      - { name: open, if: { schedule: office }, dial: [frankfurt, dublin] }
      - { name: closed, say: We are closed. }
  - { name: sales, to: "+15551230002", dial: [{ split: { frankfurt: 80, dublin: 20 } }, "sip:jack@example.com"] }
  - name: long
    to: "+15551230004"
    rules: [${Array.from({ length: 40 }, (_, at) => `{ name: r${at}, if: { from: "+1555${at + 10}*" }, dial: dublin }`).join(', ')}]
  - { name: hours, to: "+15551230003", rules: [{ if: { schedule: never }, dial: dublin }] }
`

// one server and one browser for all of these, with a call that went to its second hop and one of a hostile caller
const { adminAddress, post } = await serving(t, CONFIG, { head: HEAD })
await ring('1', '+4930123457', '503')
await ring('2', HOSTILE, '486')
const browser = withoutBrowser ? undefined : await browserOf(t)

async function ring(last: string, from: string, code: string): Promise<void> {
  const call = webhook({ CallSid: `CA${last.padStart(32, '0')}`, From: from, To: '+4930123456' })
  const { body } = await post('/voice', call)
  await post(actionOf(body), { ...call, DialCallStatus: 'failed', DialSipResponseCode: code })
}

t.test('the pictures of routes', { skip: withoutBrowser }, async (t) => {
  const { page, complaints } = await browser!.open(adminAddress)
  const lit = () => page.locator('.box.lit').allTextContents()
  const drawn = async (path: string, text: string) => {
    await show(page, path)
    await page.locator('.drawing').getByText(text, { exact: true }).first().waitFor()
  }

  await t.test('a search for a number, a route or an endpoint leads to a picture', async (t) => {
    await page.keyboard.press('Tab')
    const search = page.getByRole('searchbox')
    await search.fill('+4930123456')
    await page.locator('.found').getByText('Number').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '+4930123456' }).waitFor()
    await search.fill('berlin')
    await page.locator('.found').getByRole('link', { name: 'Route berlin' }).waitFor()
    // Enter comes while the list still shows what was found before
    await search.fill('sales')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Route sales' }).waitFor()
    await page.getByRole('link', { name: 'Routes' }).first().click()
    await page.getByRole('link', { name: 'hours' }).waitFor()
    await page.getByLabel('With this in it').fill('closed')
    await page.getByRole('link', { name: 'hours' }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'berlin' }).click()
    await page.getByRole('heading', { name: 'Route berlin' }).waitFor()
    t.equal(new URL(page.url()).search, '?route=berlin')
  })

  await t.test('what a call of now gets is lit, and what none gets is dashed', async (t) => {
    await drawn('/routes?to=%2B4930123456', 'berlin')
    t.match(await page.locator('.lead').innerText(), /dial frankfurt, then dublin.* by rule open unless/)
    t.match((await lit()).join(), /\+4930123456.*berlin.*open.*frankfurt/)
    t.equal((await lit()).length, 4)
    t.match((await page.locator('.box.faint').allTextContents()).join(), /fire.*closed/)
    t.match(await page.locator('.drawing').innerText(), /dialsip\.yaml:\d+/)
    await drawn('/routes?to=%2B15551230003', 'no rule fits')
    t.match((await lit()).join(), /hours.*reject: rejected/)
  })

  await t.test('outcomes that lead to the same place are one edge', async (t) => {
    await drawn('/routes?route=berlin', 'voicemail'.padStart(16, 'action '))
    const labels = await page.locator('.edge').allTextContents()
    t.equal(labels.filter((label) => label === 'unreachableserverErrorrejected').length, 2)
    t.equal(labels.filter((label) => label === 'otherwise').length, 4)
  })

  await t.test('the last calls are counted on their way', async (t) => {
    await drawn('/routes?route=berlin', '2 calls')
    const dublin = page.locator('.box.dial', { hasText: 'dublin' }).last()
    t.match(await dublin.textContent(), '1 call')
  })

  await t.test('an endpoint that is not up says so, and the next one is lit', async (t) => {
    const init = {
      method: 'POST',
      body: '{"reason":"test"}',
      headers: { 'content-type': 'application/json' },
    }
    await fetch(`${adminAddress}/api/endpoints/frankfurt/drain`, init)
    await drawn('/routes?to=%2B4930123456', 'drained')
    t.match((await lit()).at(-1), /dublin.*up/)
    await fetch(`${adminAddress}/api/endpoints/frankfurt/restore`, init)
    await page.locator('.drawing').getByText('drained').first().waitFor({ state: 'detached' })
  })

  await t.test('of an endpoint only what may ring it is shown', async (t) => {
    await drawn('/routes?endpoint=frankfurt', 'split by call')
    const text = await page.locator('.drawing').innerText()
    t.match(text, /vip.*open/s)
    t.notMatch(text, /fire|hours|reject:/)
    await page.goto(`${adminAddress}/routes?endpoint=paris`)
    await page.getByText('no endpoint of this name').waitFor()
  })

  await t.test('a number that no route claims shows its near misses', async (t) => {
    await drawn('/routes?to=%2B4930123457', 'no route claims it')
    await page.getByRole('heading', { name: 'What comes near' }).waitFor()
    await page.getByRole('link', { name: 'route berlin' }).first().click()
    await page.getByRole('heading', { name: 'Route berlin' }).waitFor()
    t.equal(new URL(page.url()).search, '?route=berlin')
  })

  await t.test('of very many rules the first are shown, and that there are more', async (t) => {
    await drawn('/routes?route=long', 'no rule fits')
    await page.getByText('10 more rules are not shown').waitFor()
    t.equal(await page.locator('.box.rule').count(), 31)
    t.match((await lit()).join(), /long.*reject: rejected/)
    t.equal((await lit()).length, 3)
  })

  await t.test('the pages fit any window in both themes, as a picture and as a list', async (t) => {
    await fitsEverywhere(t, page, '/routes', () => page.locator('table').waitFor())
    await fitsEverywhere(t, page, '/routes?route=berlin', async (width) => {
      await page.locator('.picture').waitFor()
      t.equal(await page.locator('.outline').count(), width === 360 ? 1 : 0)
    })
    await page.getByRole('button', { name: 'List' }).press('Enter')
    t.match(
      await page.locator('.outline').innerText(),
      /rule 1 fire.*<img src=x onerror=alert\(1\)>.*rule 4 closed/s,
    )
  })

  t.equal(await page.locator('main img').count(), 0)
  t.same(complaints, [])
  await page.close()
})

t.test('a call is tried', { skip: withoutBrowser }, async (t) => {
  const { page, complaints } = await browser!.open(adminAddress)
  const answer = page.locator('.answer .lead')
  const answered = (text: string) => answer.getByText(text).first().waitFor()
  const lit = async () => (await page.locator('.box.lit').allTextContents()).join()
  const endpoint = (name: string) => page.getByRole('group', { name })

  await t.test('who rings on 24 December at 15:00 if Frankfurt is down?', async (t) => {
    await page.getByRole('link', { name: 'Try a call' }).click()
    await answered('rings')
    t.equal(await page.getByLabel('To', { exact: true }).inputValue(), '+4930123456')
    await page.getByLabel('From').fill('+4930555')
    await page.getByLabel('Date and time').fill('2026-12-24T15:00')
    await endpoint('frankfurt').getByLabel('down').check()
    await answered('dublin')
    t.equal(await answer.innerText(), 'dublin rings and answers')
    t.match(await lit(), /\+4930123456.*berlin.*open.*dublin.*✓ answers/)
    t.match(new URL(page.url()).searchParams.get('at'), '2026-12-24T14:00:00Z')
  })

  await t.test('the slider moves the call along its week', async (t) => {
    const slider = page.getByRole('slider')
    await slider.focus()
    for (let day = 24; day < 25; ) {
      await page.keyboard.press('PageUp')
      day = Number((await slider.getAttribute('aria-valuetext'))!.slice(-8, -6))
    }
    await answered('Nobody rings')
    t.match(await answer.innerText(), 'say “We are closed.”')
    t.match(await lit(), /closed/)
    await page.getByRole('button', { name: 'A week earlier' }).click()
    await answered('dublin')
  })

  await t.test('any outcome of an endpoint can be asked for', async (t) => {
    await endpoint('frankfurt').getByLabel('up').check()
    await endpoint('frankfurt').getByLabel('What comes of').selectOption('503')
    await endpoint('dublin').getByLabel('What comes of').selectOption('486')
    await answered('busy 486')
    t.match(
      await answer.innerText(),
      /frankfurt rings ✕ serverError 503, then dublin rings ✕ busy 486, then say “Leave/,
    )
    t.match(await lit(), /voicemail.*✕ serverError 503.*✕ busy 486/)
    t.match(
      await page.locator('.reasons').innerText(),
      /rule vip asks for from \+49170\*, the call has \+4930555/,
    )
    await page.locator('summary', { hasText: '/recorded' }).click()
    t.match(await page.locator('.steps pre').last().innerText(), '  <Hangup/>')
  })

  await t.test('the question is copied as a command and as a test', async (t) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const clipboard = () => page.evaluate<string>('navigator.clipboard.readText()')
    await page.getByRole('button', { name: 'Copy as test' }).click()
    await page.getByText('copied').waitFor()
    t.match(
      await clipboard(),
      /to: '\+4930123456'.*frankfurt: '503'.*route: berlin.*rule: open.*action: record/s,
    )
    await page.getByRole('button', { name: 'Copy as explain' }).click()
    await page.getByText('copied').nth(1).waitFor()
    t.match(await clipboard(), /^dialsip explain -c .* --outcome frankfurt=503 --outcome dublin=486$/)
  })

  await t.test('near misses and wrong questions are said', async (t) => {
    await page.getByLabel('To', { exact: true }).fill('+4930123457')
    await page.locator('.reasons').getByText('near').first().waitFor()
    t.match(await answer.innerText(), 'Nobody rings: reject “rejected”')
    await page.getByLabel('To', { exact: true }).fill(HOSTILE)
    await page.getByRole('alert').getByText('is neither a phone number nor a SIP address').waitFor()
    await page.getByLabel('To', { exact: true }).fill('')
    await page.getByText('Which number is called?').waitFor()
    await page.getByLabel('To', { exact: true }).fill('+4930123456')
    await page.getByLabel('From').fill('+19005')
    await answered('reject “busy”')
    t.match(await lit(), /blocked/)
    await page.getByLabel('Parameters').fill('no pair')
    await page.getByLabel('Parameters').blur()
    await page.getByRole('alert').getByText('"no pair" is not NAME=VALUE').waitFor()
  })

  await t.test('the rule that fits is shown, however many there are', async (t) => {
    await page.goto(`${adminAddress}/try?to=%2B15551230004&from=%2B155548123`)
    await answered('dublin')
    t.match(await lit(), /rule 39r38.*dublin/)
    await page.getByText('10 rules before these do not fit').waitFor()
  })

  await t.test('a past call is tried again', async (t) => {
    await page.goto(`${adminAddress}/calls?call=CA${'1'.padStart(32, '0')}`)
    await page.getByRole('link', { name: 'Try it again' }).click()
    await answered('dublin')
    t.match(await answer.innerText(), 'frankfurt rings ✕ serverError 503, then dublin rings and answers')
    t.match(await page.getByLabel('Parameters').inputValue(), /^CallSid=CA0+1$/m)
  })

  await t.test('of requests that come faster than answers only the latest is sent', async (t) => {
    const underWay = new Set<unknown>()
    let [most, asked] = [0, 0]
    await page.route('**/api/explain?**', async (route) => {
      underWay.add(route.request())
      asked += 1
      most = Math.max(most, underWay.size)
      await route.continue()
    })
    page.on('requestfinished', (request) => underWay.delete(request))
    await page.getByLabel('From').pressSequentially('0123456789')
    await page.locator('.reasons').getByText('0123456789').first().waitFor()
    t.equal(most, 1)
    t.ok(asked >= 1 && asked <= 10, `${asked} requests`)
    await page.unroute('**/api/explain?**')
  })

  await t.test('the page fits any window in both themes', async (t) => {
    const { search } = new URL(page.url())
    await fitsEverywhere(t, page, `/try${search}`, () => page.locator('.picture').waitFor())
  })

  t.equal(await page.locator('main img').count(), 0)
  t.same(
    complaints.filter((one) => !one.includes('400 (Bad Request)')),
    [],
  )
})
