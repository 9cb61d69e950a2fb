import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import path from 'node:path'
import { DOMParser, type Element } from '@xmldom/xmldom'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { configSource } from '../bin/config-file.js'
import { publicApp } from '../routes/public-app.js'
import { createService } from '../routes/service.js'
import { loadConfig } from '../src/config/load.js'
import { isError } from '../src/errors/print.js'
import { readBin } from '../src/importer/destinations.js'
import { Draft } from '../src/importer/draft.js'
import { accountReader } from '../src/importer/read-account.js'
import { runSpec } from '../src/spec/run-spec.js'
import { signatureOf } from '../src/twilio/signature.js'
import { type ImportMock, type MockAccount, startImportMock } from './harness/import-account.js'
import { listening } from './harness/listening.js'
import { type Ran, runIn } from './harness/run.js'
import { PLANTED, usualWebhook } from './harness/usual-webhook.js'
import {
  ACCOUNT,
  BINS,
  binUrl,
  FLOWS,
  flowUrl,
  numberAt,
  numberWith,
  PLACES,
  SECRETS,
  SID,
  sidOf,
  TOKEN,
  TRUNKS,
  todayAt,
} from './harness/whole-account.js'

async function mockOf(t: Test, accounts: readonly MockAccount[] = [ACCOUNT]): Promise<ImportMock> {
  const mock = await startImportMock(accounts)
  t.teardown(() => mock.close())
  return mock
}

function importerFor(mock: ImportMock, env: Readonly<Record<string, string>> = SECRETS) {
  return (...args: string[]): Promise<Ran> => runIn(env)('import', '--api-base-url', mock.url, ...args)
}

interface Row {
  readonly kind: string
  readonly subject: string
  readonly taken: boolean
  readonly route: string
  readonly why: string
  readonly docs: string
}

const KNOWN_SECRETS = {
  ...SECRETS,
  PBX_EXAMPLE_COM_SIP_PASSWORD: 'secret-1',
  APP_EXAMPLE_COM_PASSWORD: 'pass-word',
  DR_EXAMPLE_COM_TOKEN: 'very-secret',
}

/** Loads what was written; secrets have values that a test knows. */
function loaded(file: string) {
  return loadConfig(file, configSource(KNOWN_SECRETS, true))
}

/** A document in one line, without what dialsip adds for itself. */
function meaning(xml: string): string {
  const { documentElement } = new DOMParser().parseFromString(xml, 'text/xml')
  return childrenOf(documentElement!).map(wordsOf).join(' ')
}

const OWN = /^(action|method|statusCallback.*|recordingStatusCallback)$/

function wordsOf(element: Element): string {
  const attributes = [...element.attributes]
    .filter(({ name }) => !OWN.test(name) || (name === 'method' && element.nodeName === 'Redirect'))
    .map(({ name, value }) => ` ${name}=${value}`)
  const children = childrenOf(element)
  const inside =
    children.length > 0
      ? `(${children.map(wordsOf).join(' ')})`
      : element.textContent && `:${element.textContent}`
  return element.nodeName + attributes.join('') + inside
}

function childrenOf(element: Element): Element[] {
  return [...element.childNodes].filter((node): node is Element => node.nodeType === 1)
}

interface ComparedJson {
  readonly to: string
  readonly differences: readonly { readonly what: string; readonly after: readonly string[] }[]
}

/** What a signed call to the number gets. */
async function answerTo(app: ReturnType<typeof publicApp>, at: number): Promise<string> {
  const params = {
    AccountSid: SID,
    CallSid: sidOf('CA', at),
    CallStatus: 'ringing',
    Direction: 'inbound',
    From: CALLER,
    To: numberAt(at),
  }
  const response = await app.inject({
    method: 'POST',
    url: '/voice',
    payload: new URLSearchParams(params).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signatureOf(TOKEN, 'https://voice.example.com/voice', params),
    },
  })
  return meaning(response.body)
}

const CALLER = '+15557650002'

/** What the account does with a call to the number. */
function expectedAt(at: number): string {
  const today = todayAt(at)
  if (today === 'nothing') return 'Reject reason=rejected'
  if ('trunk' in today) return 'Dial answerOnBridge=true(Sip:sip:100@pbx3.example.com)'
  if ('url' in today) return `Redirect${today.method ? ` method=${today.method}` : ''}:${today.url}`
  const answer = BINS[today.bin]![1] ?? `Redirect:${binUrl(today.bin)}`
  return answer.replace('FROM', CALLER).replace('TO', numberAt(at))
}

t.test(
  'a whole account becomes a config that answers as the account does',
  { timeout: 60_000 },
  async (t) => {
    const begun = performance.now()
    const mock = await mockOf(t)
    const file = path.join(t.testdir(), 'dialsip.yaml')
    const { code, stdout, stderr } = await importerFor(mock)('--out', file, '--json')
    t.equal(code, 0, stderr)
    const { findings, widgets, counts, secrets } = JSON.parse(stdout)
    const rows = new Map<string, Row>(findings.map((row: Row) => [row.subject, row]))
    t.ok(mock.received.every((request) => request.startsWith('GET ') || request.startsWith('POST /twiml/')))

    await t.test('each number is named, taken or with a reason', async (t) => {
      const unsaid = ACCOUNT.numbers.filter(({ phone_number }) => {
        const { why, docs, taken, route } = rows.get(String(phone_number))!
        return why.length <= 5 || !/^docs\/import\.md#/.test(docs) || (taken && route === '')
      })
      t.same(unsaid, [])
      t.equal(counts.taken + counts.needsYou, findings.length)
      t.equal(
        rows.get(numberAt(999))!.why,
        'its calls are worked on in region ie1, and this is us1; import with --region ie1',
      )
    })

    const { config, errors } = loaded(file)
    await t.test('the config checks clean, and its tests pass', async (t) => {
      t.same(
        errors.map(({ message }) => message),
        [],
      )
      const spec = runSpec(config!, config!.tests)
      t.same(
        spec.cases
          .filter(({ mismatches, wrong }) => mismatches.length > 0 || wrong)
          .map((one) => [one.title, one.mismatches, one.wrong]),
        [],
      )
      t.ok(spec.cases.length > 40)
    })

    await t.test('a signed call is answered as its bin or trunk does', async (t) => {
      const service = createService(config!, pino({ level: 'silent' }))
      const app = publicApp(service, () => ({ ready: true, why: 'ok' }))
      const answers: string[] = []
      for (const at of ACCOUNT.numbers.keys()) answers.push(await answerTo(app, at))
      const offices: string[] = []
      const wrong = answers.flatMap((answer, at) => {
        const today = todayAt(at)
        if (today !== 'nothing' && 'trunk' in today && today.trunk === 1) offices.push(answer)
        else if (answer !== expectedAt(at)) return [[numberAt(at), answer, expectedAt(at)]]
        return []
      })
      t.same(wrong, [])
      const first = offices.filter((answer) => answer.includes('fra1'))
      t.ok(first.length > offices.length / 2 && first.length < offices.length, 'by weight')
      const head = 'Dial answerOnBridge=true record=record-from-answer trim=trim-silence(Sip:sip:+1'
      t.ok(
        offices.every(
          (answer) => answer.startsWith(head) && answer.endsWith('.example.com;region=de1;secure=true)'),
        ),
      )
      await app.close()
    })

    await t.test('compare finds what a webhook of today does otherwise, and nothing else', async (t) => {
      const old = `${await listening(t, usualWebhook() as RequestListener)}/voice`
      const numbers = path.join(path.dirname(file), 'numbers.txt')
      writeFileSync(numbers, ACCOUNT.numbers.map(({ phone_number }) => `${phone_number}\n`).join(''))
      const args = [file, '--old', old, '--numbers', numbers, '--rate', '1000', '--yes', '--json']
      const { stdout, stderr, code } = await runIn(KNOWN_SECRETS)('compare', ...args)
      t.equal(code, 1, stderr)
      const report = JSON.parse(stdout)
      t.same(report.counts, { equal: 997, different: 3, unsupported: 0, unanswered: 0, notAsked: 0 })
      const found = report.calls.flatMap(({ to, differences }: ComparedJson) =>
        differences.map(({ what, after }) => [to, what, ...after]),
      )
      t.same(found, [
        [PLANTED.busy, '<Say> there, nothing here', 'busy'],
        [PLANTED.text, 'language of <Say>, voice of <Say>, what <Say> has'],
        [PLANTED.record, 'record of <Dial>, trim of <Dial>'],
      ])
      t.match(stderr, 'a split draws by chance in 20 of the calls; the draw of the old webhook was followed')
      rmSync(numbers)
    })
    t.ok(performance.now() - begun < 60_000, 'within a minute')

    await t.test('the reasons name what decides', async (t) => {
      const why = (voice_url: string) => {
        const at = ACCOUNT.numbers.findIndex((number) => number.voice_url === voice_url)
        return rows.get(numberAt(at))!.why
      }
      t.match(
        why(binUrl(13)),
        'TwiML Bin EH00000000000000000000000000000013: <Gather> has no counterpart in dialsip',
      )
      t.match(why(binUrl(14)), '<Dial action="https://old.example.com/after"> decides what follows')
      t.match(why(binUrl(15)), '<Conference> within <Dial> has no counterpart in dialsip')
      t.match(why(binUrl(16)), 'the attribute shout of <Say>')
      t.match(why(binUrl(17)), 'expected a whole number from 5 to 600')
      t.match(why(binUrl(18)), 'it is not well-formed XML')
      t.match(why(binUrl(19)), '<break> within <Say>')
      t.match(why(binUrl(77)), 'is not given out')
      t.match(why(flowUrl(1)), 'Studio flow FW00000000000000000000000000000001 (Flow 1) decides')
      t.match(why('http://twimlets.com/conference'), 'the twimlet conference')
      t.match(
        why('https://hooks.example.com/voice'),
        /never called by an import; its fallback URL .* stays .* its status callback/,
      )
      t.match(rows.get('office0.sip.twilio.com'), { kind: 'SIP domain', taken: true })
      t.match(rows.get('App 5'), undefined)
      t.match(
        rows.get(`${sidOf('AP', 5)} (App 5)`)!.why,
        /no number has it.*the twimlet forward; write `dial/,
      )
      t.match(rows.get(`${sidOf('BY', 1)} (carrier)`)!.why, /its numbers are not listed/)
      t.same(secrets.map(({ variable }: { variable: string }) => variable).sort(), [
        'APP_EXAMPLE_COM_PASSWORD',
        'DR_EXAMPLE_COM_TOKEN',
        'PBX_EXAMPLE_COM_SIP_PASSWORD',
      ])
      t.notMatch(readFileSync(file, 'utf8') + stdout, /secret-1|pass-word|very-secret/)
      t.equal(widgets.length, FLOWS.flat().length)
      t.match(widgets, [{ flow: 'Flow 0', type: 'trigger', counterpart: 'to' }])
      t.match(
        widgets.find(({ type }: { type: string }) => type === 'connect-call-to (client)'),
        { counterpart: '', says: /Twilio Client/ },
      )
      t.match(
        widgets.find(({ type }: { type: string }) => type === 'made-up-widget'),
        { says: /does not know/ },
      )
    })
  },
)

t.test('an import may be repeated with --force alone', async (t) => {
  const mock = await mockOf(t, [{ ...ACCOUNT, numbers: ACCOUNT.numbers.slice(0, PLACES.length) }])
  const file = path.join(t.testdir(), 'dialsip.yaml')
  t.equal((await importerFor(mock)('--out', file)).code, 0)
  const before = readFileSync(file, 'utf8')
  const again = await importerFor(mock)('--out', file)
  t.equal(again.code, 2)
  t.match(again.stderr, `${file} is there already; name another with --out, or add --force`)
  const forced = await importerFor(mock)('--out', file, '--force')
  t.equal(forced.code, 0)
  t.equal(readFileSync(file, 'utf8'), before)
  t.same(readdirSync(path.dirname(file)), ['dialsip.yaml'])
  t.match(forced.stdout, /^\+15551000000 +taken +jack-calls +TwiML Bin EH0+ +docs\/import\.md#a-twiml-bin$/m)
  t.match(
    forced.stdout,
    /^Flow 2 +the connect-call-to:client +connect-call-to \(client\) +- +a Twilio Client/m,
  )
  t.match(forced.stderr, /set DR_EXAMPLE_COM_TOKEN: the token of https:\/\/dr\.example\.com\/down\?…\n/)
})

/** A small account, for what goes wrong. */
const SMALL: MockAccount = {
  sid: SID,
  token: TOKEN,
  numbers: Array.from({ length: 45 }, (_, at) => numberWith(at, { voice_url: binUrl(at % 2) })),
  trunks: TRUNKS,
  bins: ACCOUNT.bins!,
}

t.test('a folder has the parts in files of their own', async (t) => {
  const mock = await mockOf(t, [SMALL])
  const folder = path.join(t.testdir(), 'new')
  const { code, stderr } = await importerFor(mock)('--out', `${folder}/`)
  t.equal(code, 0, stderr)
  t.same(readdirSync(folder).sort(), [
    'dialsip.yaml',
    'endpoints.yaml',
    'numbers.csv',
    'routes.yaml',
    'tests.yaml',
  ])
  t.match(readFileSync(path.join(folder, 'numbers.csv'), 'utf8'), /^number,route\n\+15551000000,jack-calls\n/)
  const { config, errors } = loaded(path.join(folder, 'dialsip.yaml'))
  t.same(errors, [])
  t.equal(runSpec(config!, config!.tests).failed, 0)
  t.equal((await importerFor(mock)('--out', folder)).code, 2, 'the folder has its files now')
})

t.test('few numbers need no CSV, and no routes no tests', async (t) => {
  const mock = await mockOf(t, [{ ...SMALL, numbers: [numberWith(1, { trunk_sid: TRUNKS[1]!.sid })] }])
  const folder = t.testdir()
  t.equal((await importerFor(mock)('--out', folder)).code, 0)
  t.match(readFileSync(path.join(folder, 'routes.yaml'), 'utf8'), 'routes: []\n')
  t.notOk(existsSync(path.join(folder, 'numbers.csv')))
  t.same(loaded(path.join(folder, 'dialsip.yaml')).errors, [])
})

t.test('what Twilio refuses is said with its place, and nothing is written', async (t) => {
  const mock = await mockOf(t, [SMALL])
  const file = path.join(t.testdir(), 'dialsip.yaml')
  const run = importerFor(mock)
  const refused = async (path: RegExp, status: number, code: number, said: RegExp) => {
    mock.refusals.push({ path, status, code, times: 1 })
    const { code: exit, stderr } = await run('--out', file)
    t.equal(exit, 1)
    t.match(stderr, said)
    t.notOk(existsSync(file))
  }
  await refused(
    /Numbers\.json/,
    401,
    20003,
    /refuses the credentials of account AC.* numbers \(error 20003\); check .* --region ie1/,
  )
  await refused(
    /OriginationUrls/,
    403,
    70051,
    /refused \(error 70051\), while reading origination URLs of trunk TK0+1 of .*; nothing is written, so run it again/,
  )
  await refused(/Numbers\.json\?.*Page=1/, 503, 20503, /\(error 20503\), while reading numbers of account/)
  await refused(/Domains/, 500, 20500, /while reading SIP domains/)
  await refused(/^\/twiml/, 503, 0, /Twilio answers with HTTP 503, while reading TwiML Bin https/)
  await refused(/PhoneNumbers\/.*42/, 500, 0, /while reading the region of \+15551000042/)
  mock.refusals.push({ path: /Numbers\.json|twiml/, status: 429, times: 3 })
  t.equal((await run('--out', file)).code, 0, 'too many requests are repeated')
  t.equal(mock.refusals.at(-1)!.times, 0)
})

t.test('hosts that are not there are named', async (t) => {
  const gone = await mockOf(t, [SMALL])
  await gone.close()
  let now = 0
  const world = { pause: async () => {}, now: () => (now += 5_000), random: () => 0 }
  const account = {
    sid: SID,
    name: SID,
    authTokens: [TOKEN],
    sharedKeys: {},
    enhancedSip: false,
    apiKey: undefined,
  }
  const settings = {
    apiBaseUrl: gone.url,
    edge: undefined,
    region: undefined,
    voiceFallbackUrl: undefined,
    retries: '',
  }
  const reader = await accountReader(account, settings, world)
  await t.rejects(reader.read(), {
    message: /cannot be reached: the connection is refused, .*while reading numbers/,
  })
  await t.rejects(readBin(binUrl(0), account, settings, world), { message: /^TwiML Bins cannot be reached/ })
})

t.test('without the auth token a bin is not read', async (t) => {
  const mock = await mockOf(t, [SMALL])
  const file = path.join(t.testdir(), 'dialsip.yaml')
  const keys = { TWILIO_ACCOUNT_SID: SID, TWILIO_API_KEY: 'SKkey', TWILIO_API_SECRET: 'secret' }
  const { code, stdout } = await importerFor(mock, keys)('--out', file)
  t.equal(code, 0)
  t.match(stdout, /needs you +eh-0000 +TwiML Bin EH0+ is not given out/)
})

const SUBS: readonly MockAccount[] = [
  SMALL,
  {
    ...SMALL,
    sid: `AC${'b'.repeat(32)}`,
    token: 'token-of-b-b',
    numbers: [numberWith(500, { voice_url: binUrl(0) })],
    trunks: [],
  },
  {
    ...SMALL,
    sid: `AC${'c'.repeat(32)}`,
    token: 'token-of-c-c',
    numbers: [numberWith(501, { trunk_sid: TRUNKS[2]!.sid })],
  },
]

t.test('subaccounts have routes and tokens of their own', async (t) => {
  const mock = await mockOf(t, SUBS)
  const file = path.join(t.testdir(), 'dialsip.yaml')
  const { code, stderr } = await importerFor(mock)('--subaccounts', '--out', file)
  t.equal(code, 0, stderr)
  const { config, errors } = loaded(file)
  t.same(errors, [])
  t.equal(runSpec(config!, config!.tests).failed, 0)
  t.same(
    config!.accounts.map(({ sid, name }) => [sid, name]),
    [
      [SID, 'main'],
      [SUBS[1]!.sid, 'office-b'],
      [SUBS[2]!.sid, 'office-c'],
    ],
  )
  t.match(readFileSync(file, 'utf8'), 'name: office-b, authTokens: ["${TWILIO_AUTH_TOKEN_OFFICE_B}"]')
  const key = { TWILIO_ACCOUNT_SID: SID, TWILIO_AUTH_TOKEN: TOKEN }
  const shown = await importerFor(await mockOf(t, [SMALL, { ...SUBS[1]!, token: '' }]), key)(
    '--subaccounts',
    '--out',
    `${file}2`,
  )
  t.match(shown.stderr, /does not show the auth token of subaccount ACb+ \(Office b\)/)
})

t.test('subaccounts of the same name get names of their own', async (t) => {
  const twin = { ...SUBS[1]!, sid: `ACb${'0'.repeat(31)}`, numbers: [] }
  const mock = await mockOf(t, [...SUBS.slice(0, 2), twin])
  const file = path.join(t.testdir(), 'dialsip.yaml')
  t.equal((await importerFor(mock)('--subaccounts', '--out', file)).code, 0)
  t.same(
    loaded(file).config!.accounts.map(({ name }) => name),
    ['main', 'office-b', 'office-b-2'],
  )
})

t.test('an account without subaccounts is imported alone', async (t) => {
  const mock = await mockOf(t, [SMALL])
  const file = path.join(t.testdir(), 'dialsip.yaml')
  t.equal((await importerFor(mock)('--subaccounts', '--out', file)).code, 0)
  t.notMatch(readFileSync(file, 'utf8'), /name: main/)
})

t.test('wrong use is named', async (t) => {
  const folder = t.testdir({ 'a.list': '1 sip:a.example.com\n' })
  const out = path.join(folder, 'dialsip.yaml')
  const said = async (args: readonly string[], env: Record<string, string> = SECRETS) => {
    const { code, stderr } = await runIn(env)('import', '--out', out, ...args)
    t.equal(code, 2)
    t.notOk(existsSync(out))
    return stderr
  }
  const list = path.join(folder, 'a.list')
  t.match(await said([], {}), 'set TWILIO_ACCOUNT_SID')
  t.match(await said([], { TWILIO_ACCOUNT_SID: 'AC1' }), 'AC and 32 hexadecimal digits')
  t.match(await said([], { TWILIO_ACCOUNT_SID: SID, TWILIO_API_KEY: 'SK1' }), 'set TWILIO_AUTH_TOKEN')
  t.match(await said(['--region', 'de1']), 'works in no region "de1"')
  t.match(await said(['--api-base-url', 'http://example.com']), 'in clear')
  t.match(await said([list]), '--from says what')
  t.match(
    await said(['--from', 'dispatch', list]),
    '--from takes dispatcher, asterisk, twiml, not "dispatch"',
  )
  t.match(await said(['--from', 'dispatcher']), 'takes one FILE')
  t.match(await said(['--from', 'dispatcher', list, list]), 'takes one FILE')
  t.match(await said(['--from', 'dispatcher', `${list}x`]), 'cannot be read')
  t.match(await said(['--from', 'dispatcher', list, '--out', `${list}/x/y.yaml`]), 'cannot be written')
  t.same(readdirSync(folder), ['a.list'])
})

t.test('what cannot be put in place leaves nothing behind', async (t) => {
  const folder = t.testdir({ 'a.list': '1 sip:a.example.com\n', out: { 'tests.yaml': { 'a.txt': '' } } })
  const out = path.join(folder, 'out')
  const args = ['--from', 'dispatcher', path.join(folder, 'a.list'), '--out', out, '--force']
  const { code, stderr } = await runIn({})('import', ...args)
  t.equal(code, 2)
  t.match(stderr, `${out} cannot be written`)
  t.same(
    readdirSync(out).filter((name) => name.startsWith('.')),
    [],
  )
})

const ODD_TRUNKS = ['sip:pbx.example.com', 'nonsense', 'sip:pbx.example.com'].map((sip_url, at) => ({
  sid: sidOf('TK', at),
  friendly_name: at === 0 ? null : 'pbx',
  disaster_recovery_url: [null, '', 'ftp://x'][at],
  recording: { mode: 'do-not-record' },
  urls: [0, 1].map(() => ({ friendly_name: null, sip_url, priority: 1, weight: 10, enabled: true })),
}))

t.test('what is empty or odd in an account is taken as it is', async (t) => {
  const bare = {
    sid: sidOf('AP', 1),
    friendly_name: null,
    voice_url: null,
    voice_method: null,
    voice_fallback_url: null,
  }
  const withQuery = `${binUrl(1)}?Message=hi`
  const mock = await mockOf(t, [
    {
      ...SMALL,
      numbers: [
        ...ODD_TRUNKS.map(({ sid }, at) => numberWith(at, { trunk_sid: sid })),
        numberWith(3, { voice_application_sid: bare.sid }),
        numberWith(4, { voice_url: withQuery }),
      ],
      trunks: ODD_TRUNKS,
      applications: [bare],
      flows: [{ sid: sidOf('FW', 1), friendly_name: 'new', definition: null }],
    },
  ])
  const file = path.join(t.testdir(), 'dialsip.yaml')
  const { stdout, code } = await importerFor(mock)('--out', file, '--json')
  t.equal(code, 0)
  const { findings }: { findings: Row[] } = JSON.parse(stdout)
  t.same(
    findings.map(({ taken }) => taken),
    [true, false, true, false, true],
  )
  t.match(findings[1]!.why, /trunk TK0+1 \(pbx\): .*SIP/)
  t.match(findings[2]!.why, 'disaster-recovery URL: its voice URL ftp://x is not an http or https URL')
  const { config, errors } = loaded(file)
  t.same(errors, [])
  t.equal(runSpec(config!, config!.tests).failed, 0)
  t.match(readFileSync(file, 'utf8'), 'split: { pbx.example.com: 20 }')
})

/** TwiML as people write it, with what is in the config for it, or why it needs them. */
const ODD_BINS: readonly (readonly [twiml: string, says: string | RegExp])[] = [
  [
    '<?xml version="1.0"?>\n<!-- by Bob -->\n<Response><!-- desk --><Dial><Sip>\n sip:jack@example.com <!-- was joe -->\n</Sip></Dial></Response>',
    'uri: sip:jack@example.com }',
  ],
  ['\uFEFF<Response><Say><![CDATA[Tom & Jerry ${X}]]></Say></Response>', 'say: Tom & Jerry $${X}'],
  ['<Response><Play>a.mp3</Play><Redirect/></Response>', `redirect: ${binUrl(2)}`],
  [
    '<Response><Redirect>/next?a=1&amp;token=hush-hush-1</Redirect></Response>',
    'redirect: https://handler.twilio.com/next?a=1&token=${HANDLER_TWILIO_COM_TOKEN}',
  ],
  ['<Response><Dial><Sip>kate:hush-hush@example.com</Sip></Dial></Response>', /a SIP URI begins with "sip:"/],
  ['<Response><Dial><Sip>kate@example.com</Sip></Dial></Response>', 'uri: sip:kate@example.com }'],
  [
    '<Response><Dial><Sip>sip:lisa:hush-hush-2@example.com</Sip></Dial></Response>',
    'uri: "sip:lisa:${LISA_SIP_PASSWORD}@example.com" }',
  ],
  [
    '<Response><Dial><Sip statusCallbackEvent="initiated  answered" statusCallback="https://x.example.com/s">sip:a@b.example.com</Sip></Dial></Response>',
    'statusCallbackEvent: [initiated, answered]',
  ],
  [
    '<Response><Dial><Number>+1 (555) 999-0003</Number></Dial><Dial record="true"><Sip>sip:b@two.example.com</Sip></Dial><Say>Bye</Say></Response>',
    'otherwise: { dial: b, record: true, otherwise: { say: Bye } }',
  ],
  [
    '<Response><Dial action="https://u:hush-hush@x.example.com/y?token=hush-hush"><Number>+15559990001</Number></Dial></Response>',
    /<Dial action="https:\/\/u:\*\*\*@x.example.com\/y\?…"> decides what follows/,
  ],
  [
    '<Response><Redirect>https://x.example.com/y?code={{From}}</Redirect></Response>',
    'redirect: https://x.example.com/y?code={{From}}',
  ],
  ['<Response><Say language="en">Hi</Say></Response>', /language: expected one of af-ZA/],
  ['<Response><Dial>15559990001</Dial></Response>', /number: "15559990001" is not in E.164 form/],
  [
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Response><Say>&b;</Say></Response>',
    /well-formed/,
  ],
]

t.test('TwiML is taken as people write it, and shows no secret', async (t) => {
  const urls = [
    ...ODD_BINS.map((_bin, at) => binUrl(at)),
    `${binUrl(0)}#rc=2&rp=5xx`,
    ` ${binUrl(0)}`,
    binUrl(0).replace('https://handler', 'HTTPS://Handler'),
  ]
  const mock = await mockOf(t, [
    {
      ...SMALL,
      numbers: urls.map((voice_url, at) => numberWith(at, { voice_url })),
      bins: Object.fromEntries(ODD_BINS.map(([twiml], at) => [sidOf('EH', at), twiml])),
    },
  ])
  const file = path.join(t.testdir(), 'dialsip.yaml')
  const { code, stdout, stderr } = await importerFor(mock)('--out', file, '--json')
  t.equal(code, 0, stderr)
  const { findings }: { findings: Row[] } = JSON.parse(stdout)
  const written = readFileSync(file, 'utf8')
  for (const [at, [twiml, says]] of ODD_BINS.entries()) {
    t.equal(findings[at]!.taken, typeof says === 'string', twiml)
    t.match(typeof says === 'string' ? written : findings[at]!.why, says)
  }
  t.same(new Set([0, -3, -2, -1].map((at) => findings.at(at)!.route)), new Set(['jack-calls']))
  t.notMatch(written + stdout + stderr, 'hush-hush')
  const { config, errors } = loaded(file)
  t.same(errors.filter(isError), [])
  const { cases } = runSpec(config!, config!.tests)
  t.same(
    cases.filter(({ mismatches }) => mismatches.length > 0).map((one) => [one.title, one.mismatches]),
    [],
  )
})

t.test('a config that would have errors is not written', async (t) => {
  const folder = t.testdir({ 'a.list': '1 sip:a.example.com\n' })
  const args = ['--from', 'dispatcher', path.join(folder, 'a.list'), '--out', path.join(folder, 'x.yaml')]
  const { code, stderr } = await runIn({})('import', ...args, '--public-url', 'ftp://example.com')
  t.equal(code, 1)
  t.match(stderr, /x\.yaml:\d+:\d+ error.*so nothing is written/s)
  t.same(readdirSync(folder), ['a.list'])
})

t.test('the help fits a terminal', async (t) => {
  const { stdout } = await runIn({})('import', '--help')
  t.ok(stdout.split('\n').every((line) => line.length <= 80))
})

/** Imports a file, and gives what was written, what was found, and the loaded config. */
async function imported(t: Test, from: string, text: string, ...args: string[]) {
  const folder = t.testdir({ source: text })
  const out = path.join(folder, 'dialsip.yaml')
  const { code, stdout, stderr } = await runIn({})(
    'import',
    '--from',
    from,
    path.join(folder, 'source'),
    '--out',
    out,
    '--json',
    ...args,
  )
  t.equal(code, 0, stderr)
  const { config, errors } = loaded(out)
  t.same(
    errors.map(({ message }) => message),
    [],
  )
  t.same(
    runSpec(config!, config!.tests).cases.filter(({ mismatches }) => mismatches.length > 0),
    [],
  )
  const findings: Row[] = JSON.parse(stdout).findings
  return { text: readFileSync(out, 'utf8'), findings, config: config! }
}

t.test('a dispatcher list becomes a group for each set', async (t) => {
  const { text, findings } = await imported(
    t,
    'dispatcher',
    `# setid destination flags priority attributes
1 sip:ms1.example.com 0 10 weight=50;duid=main;maxload=30
1 sip:ms2.example.com:5080;transport=tcp 8 10 rweight=30;socket=udp:10.0.0.1:5060
1 sip:ms3.example.com 4 10 weight=20
1 sip:last@backup.example.com 0 0 weight=x;
2 sip:off.example.com 1
3 sip:bad_host_ 0 0
4 sip:plain.example.com # no flags
nonsense
5 sip:x.example.com zero
`,
    '--to',
    '+15551230001',
  )
  t.match(text, 'main: { uri: "sip:{{To}}@ms1.example.com", maxCalls: 30 }')
  t.match(text, 'set-1: [{ split: { main: 50, ms2.example.com-5080: 30 } }, last]')
  t.match(text, '# lost: sip:ms3.example.com is switched off (flags 4)')
  t.match(text, '# lost: socket of sip:ms2.example.com:5080;transport=tcp')
  t.match(
    text,
    '# NEEDS YOU: which numbers are meant is not in the file; put them in place of +12025550101, or give --to',
  )
  const taken = findings.map(({ kind, subject, taken }) => [`${kind} ${subject}`, taken])
  t.same(taken, [
    ['line 9', false],
    ['line 10', false],
    ['set 1', true],
    ['set 2', false],
    ['set 3', false],
    ['set 4', false],
  ])
  t.match(findings[3]!.why, 'all its destinations are switched off')
  t.match(findings[4]!.why, 'bad_host_')
})

t.test('a dispatcher list may have other common forms', async (t) => {
  const { text, findings } = await imported(
    t,
    'dispatcher',
    `# setid(int) destination(sip uri) flags(int,opt) priority(int,opt) attributes(str,opt)
2\tsip:gw1.example.com:5060\t16\t10
2\tsip:gw2.example.com:5060\t2\t5\tduid=gw2; weight=0 socket=udp:192.0.2.1:5060
3 sip:same.example.com 0 0 weight=30
3 sip:same.example.com 0 0 weight=70
4 sip:100@host.example.com 0 0 ping_from=sip:user:hush-hush@example.com
5 sip:user:hush-hush@off.example.com 1
`,
  )
  t.match(text, 'set-2: [gw1.example.com-5060, gw2]')
  t.match(text, '# note: sip:gw2.example.com:5060 has weight 0, and 1 here')
  t.match(text, '# lost: socket of sip:gw2.example.com:5060')
  t.match(text, 'set-3: [{ split: { same.example.com: 100 } }]')
  t.match(text, '# lost: ping_from of sip:100@host.example.com')
  t.notMatch(text + JSON.stringify(findings), 'hush-hush')
})

const DIALPLAN = `[globals]
TRUNK=x ; a comment
[from-twilio](!)
exten => 4930123456,1,Answer()
 same => n,GotoIfTime(*,*,25-26&31,dec?closed,1)
 same => n,GotoIfTime(09:00-17:59,mon-wed&fri,*,*,Europe/Berlin?open,1)
 same => n,GotoIfTime(22:00-05:59,sat,*,*?open,1:from-twilio,closed,1)
exten => open,1,Dial(PJSIP/reception,20,t)
 same => n,Goto(closed,1)
exten => closed,1,Playback(vm-theperson)
 same => n(rec),Record(/x.wav,0,180)
exten => loop,1,GotoIfTime(*,*,*,*?loop,1)
[spring]
exten => +4940111222,1,GotoIfTime(*,*,*,mar-may?here)
 same => n,GotoIfTime(*,mon,1,*?here)
 same => n,GotoIfTime(25:00-26:00,*,*,*?here)
 same => n,GotoIfTime(8:00,*,30-2,feb?nowhere)
 same => n,GotoIfTime(,,40,jan?here)
 same => n,GotoIfTime(9:75-10:00,*,*,*?here)
 same => n,GotoIfTime(noon,*,*,*?here)
 same => n,GotoIfTime(,mon-fri,,?elsewhere,1)
 same => n,GotoIfTime(*,*,*,dec?x,gone,1)
 same => nonsense
 same => n,???
 same => n,Busy()
 same => n(here),Dial(SIP/x)
exten => s,1,GotoIfTime(*,*,*,*?:a,1)
exten => a,1,Goto(a,1)
[main]
include => day|09:00-17:00|mon-fri|*|*
include => night
include => gone
include => lost,9:00-10:00,*,*,*
[day]
exten => _4940.,1,Dial(SIP/a&SIP/b@pbx2.example.com,15)
exten => 7,1,Hangup()
exten => _49409.,1,GotoIfTime(*,*,1,jan?7,1)
 same => n,Congestion()
[again]
exten => 4930123456,1,GotoIfTime(*,*,*,jan?4930123456,2)
 same => n,Busy()
[night]
exten => _4940.,1,GotoIfTime(*,sun,*,*?s,1)
 same => n,GotoIfTime(*,sat,*,*?mail)
 same => n(mail),VoiceMail(1)
`

t.test('an Asterisk dialplan becomes schedules and rules', async (t) => {
  const { text, findings, config } = await imported(t, 'asterisk', DIALPLAN, '--timezone', 'Europe/Paris')
  t.match(text, 'open: [12-25..12-26, 12-31]')
  t.match(text, 'open-hours: { timezone: Europe/Berlin, open: ["mon-wed,fri 09:00-18:00"] }')
  t.match(text, 'open: ["sat 00:00-06:00,22:00-24:00"]')
  t.match(text, 'open: [03-01..05-31]')
  t.match(text, 'day-hours: { timezone: Europe/Paris, open: [mon-fri 09:00-17:01] }')
  t.match(text, '# lost: *,mon,1,* cannot be a schedule, so the rule for here is left out')
  const why = Object.fromEntries(findings.map((row) => [row.subject, row.why]))
  t.match(why['from-twilio/4930123456'], 'lost: playback(vm-theperson); lost: the address of PJSIP/reception')
  t.match(why['main/_4940.'], 'calls to +4940*')
  t.match(why['again/4930123456'], '+4930123456 is in route from-twilio-4930123456 already')
  t.ok(config.routes.has('from-twilio-4930123456'))
})

/** Contexts of carriers and of a PBX, as manuals have them. */
const INBOUND = `;-- exten => 1,1,Broken()
--;
[globals]
DESKS=PJSIP/100&PJSIP/101
QUIET => 20
#include "extensions_custom.conf"
[from-carrier](+)
include => holidays,*,*,25,dec
include => inbound
include => never
[holidays]
include => season
include => from-carrier
[season]
exten => 442079460001,1,GotoIfTime(*,sat,*,*?closed,s,1)
 same => n,Busy
[never]
exten => 442079460001,1,Hangup
[inbound]
switch => Realtime
exten=>442079460001,1,GotoIfTime(08:00-17:59|mon-fri|*|*?open,s,1)
exten=>442079460001,n,Goto(closed,s,1)
exten => +442079460002,1,Dial(PJSIP/\${EXTEN}@pbx.example.com:5080,\${GLOBAL(QUIET)})
exten => _4420794601XX,1,Dial(SIP/trunk/\${EXTEN})
exten => 2025550143,1,Dial(PJSIP/200@carrier&Local/\${X}@desk)
exten => 100,hint,PJSIP/100
exten => 100,1,Dial(\${DESKS})
exten => 442079460003,1,NoOp()
[open]
exten => s,1,Dial(\${DESKS},20,tT)
[closed]
exten => s,1,Hangup
`

t.test('phone numbers of a dialplan are taken wherever they are included', async (t) => {
  const { text, findings, config } = await imported(t, 'asterisk', INBOUND, '--timezone', 'Europe/London')
  const why = Object.fromEntries(findings.map((row) => [row.subject, row.why]))
  t.match(why, {
    '#include "extensions_custom.conf"': 'what is there is not read; import it as well',
    'switch => Realtime': 'what is there is not read',
    'from-carrier/442079460001': 'calls to +442079460001; lost: the times within holidays',
    'from-carrier/_4420794601XX': 'calls to +4420794601*',
    'from-carrier/2025550143': '2025550143 has no country code, and is taken as +12025550143',
  })
  t.match(why['from-carrier/2025550143'], 'lost: the address of PJSIP/200@carrier')
  t.match(why['from-carrier/2025550143'], 'lost: the value of ${X}')
  t.same(
    config.routes
      .get('from-carrier-442079460001')!
      .rules.map(({ conditions, actions }) => [
        ...conditions.map((one) => one.text),
        ...actions.actions.map(({ verb }) => verb),
      ]),
    [['schedule holidays-hours', 'reject'], ['schedule open-hours', 'dial'], ['hangup']],
  )
  t.match(text, 'exten: { uri: "sip:{{To}}@pbx.example.com:5080" }')
  t.match(text, '{ uri: "sip:{{To.digits}}@pbx.example.com" }')
  t.match(text, 'dial: exten\n    timeout: 20\n')
  t.match(text, 'dial: [{ ring: ["100", "101"] }]')
  t.match(text, '# Extensions left out, since they are no phone numbers and do not ask the time: 3')
})

t.test('a dialplan without time zone says so', async (t) => {
  const { findings } = await imported(
    t,
    'asterisk',
    '[a]\nexten => 4930123456,1,GotoIfTime(09:00-17:59,*,*,*?x,1)\nexten => x,1,Hangup\n',
  )
  t.match(findings, [{ taken: false, why: /the time zone of .* is the one of the machine; give --timezone/ }])
})

t.test('a TwiML document becomes a route, and what is lost is said', async (t) => {
  const twiml =
    '<Response><Say>Hi</Say><Gather/><Dial action="https://x.example.com/y" timeout="20"><Sip>sip:jack@example.com</Sip><Sip>sip:lobby@example.com</Sip></Dial><Hangup/></Response>'
  const { text, findings } = await imported(t, 'twiml', twiml)
  t.match(text, '- { dial: [{ ring: [jack, lobby] }], timeout: 20, otherwise: { hangup: true } }')
  t.match(text, '# lost: <Gather> has no counterpart in dialsip')
  t.match(findings, [{ taken: false, why: /put them in place of \+12025550100/ }])
  const whole = await imported(t, 'twiml', '<Response><Reject/></Response>', '--to', '+15551230001')
  const rich =
    '<Response><Dial><Sip url="screen.xml">sip:jack@example.com</Sip></Dial><Say>No</Say><Play>https://x.example.com/a.mp3</Play><Say>body</Say><Record/></Response>'
  const { text: written } = await imported(
    t,
    'twiml',
    rich.replace('screen', 'https://x.example.com/screen'),
    '--to',
    '+15551230001',
  )
  t.match(written, /jack: \{ uri: sip:jack@example.com, url: "?https:\/\/x.example.com\/screen.xml/)
  t.match(written, /otherwise: \[\{ say: "No", play: .*a.mp3"? \}, \{ say: body, record: true \}\]/)
  t.match((await imported(t, 'twiml', rich)).findings, [{ taken: false, why: /screen.xml/ }])
  t.match(whole.findings, [{ taken: true, route: 'twiml' }])
  const again = await imported(t, 'twiml', '<Response><Redirect/></Response>')
  t.match(again.findings, [{ taken: false, why: /expected an http or https URL/ }])
})

t.test('a text that is not TwiML, or TwiML that cannot be converted, is refused', async (t) => {
  const html = await imported(t, 'twiml', '<html/>', '--to', '+15551230001')
  t.match(html.findings, [{ taken: false, why: /its root is <html>, not <Response>/ }])
  const wrong = await imported(t, 'twiml', '<Response><Dial><Sip>nowhere</Sip></Dial></Response>')
  t.match(wrong.findings, [{ taken: false, route: '' }])
  t.match(wrong.text, 'routes: []')
})

t.test('names and variables of a draft are valid, and each is one thing', async (t) => {
  const draft = new Draft('https://voice.example.com', [], ['a test'])
  t.same(
    ['Büro 1', 'Büro 1', 'Büro 1', '...', 'b.ro'].map((name) => draft.nameFor(name)),
    ['b-ro-1', 'b-ro-1-2', 'b-ro-1-3', 'unnamed', 'b.ro'],
  )
  const secret = (value: string) => draft.secret('1st Pass', value, value)
  t.same(['a', 'b', 'a'].map(secret), ['${_1ST_PASS}', '${_1ST_PASS_2}', '${_1ST_PASS}'])
  t.same(
    draft.secrets.map(({ where }) => where),
    ['a', 'b'],
  )
})
