import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { assetText, openAsset, packConfig, seal, sealedIn } from '../routes/config-asset.js'
import { handlerFor } from '../routes/function.js'
import { loadConfig } from '../src/config/load.js'
import type { Config } from '../src/model/config.js'
import { configOf, files, HEAD, webhook } from './harness/build.js'
import { cases } from './harness/cases.js'
import { Answered, ask, bundled } from './harness/function-bundle.js'
import { BASE, LABEL, nextPages, type TwilioRequest, type World, worldOf } from './harness/function-world.js'

// The exported function: the same engine in one file, without a server. The TwiML of both is the same, byte for byte.

const engine = await bundled()

const logged: string[] = []
const note = (...said: unknown[]) => void logged.push(said.map(String).join(' '))
Object.assign(console, { info: note, error: note })

t.test('the bundle is small and has nothing that reads configs', (t) => {
  t.ok(engine.gzipBytes <= 150_000, `${engine.gzipBytes} bytes with gzip`)
  const packages = engine.inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])
  t.notMatch(packages.join(' '), /xmlbuilder|js-yaml|zod|csv-parse|fastify/)
  t.end()
})

const OUTCOMES: Record<string, string>[] = [
  {},
  { DialCallStatus: 'completed', DialSipResponseCode: '200', DialBridged: 'true' },
  { DialCallStatus: 'completed', DialSipResponseCode: '200', DialBridged: 'false' },
  { DialCallStatus: 'failed', DialSipResponseCode: '503' },
  { DialCallStatus: 'failed', DialSipResponseCode: '404' },
  { DialCallStatus: 'busy', DialSipResponseCode: '486' },
  { DialCallStatus: 'no-answer' },
  { DialCallStatus: 'canceled', CallStatus: 'in-progress' },
  { DialCallStatus: 'no-answer', CallStatus: 'completed' },
]

const MORE: Record<string, string>[] = [
  {},
  { Digits: '1' },
  { Digits: 'hangup' },
  { ReferTransferTarget: '<sip:+4930123456@pbx.example.com>' },
  { ReferTransferTarget: 'tel:+1-555-123-0001' },
]

const REQUESTS = cases(10_000)

t.test('server and function give the same TwiML for random calls and failovers', (t) => {
  const worlds = readdirSync('test/golden').map((name) => worldOf(`test/golden/${name}`, engine.handlerFor))
  const realNow = Date.now
  t.teardown(() => {
    Date.now = realNow
  })
  const seed = realNow()
  let asked = 0
  const counts: Record<string, number> = {}
  for (let round = 0; asked < REQUESTS; round += 1) {
    for (const journey of fc.sample(journeys(worlds), { numRuns: 2000, seed: seed + round }))
      asked += follow(journey)
  }
  for (const what of ['voice', 'dialed', 'recorded', 'refer', 'screen', 'fallback'])
    t.ok(counts[what]! > REQUESTS / 500, `${counts[what]} of ${what}`)
  t.end()

  /** Follows one call through both; gives the number of its requests. */
  function follow({ world, to, from, params, now, steps }: Journey): number {
    Date.now = () => now
    const call = (at: number) => world.calls[at % world.calls.length]!
    const first = { From: call(from).from ?? '+15557650002', To: call(to).to, AccountSid: world.accountSid }
    let request: TwilioRequest | undefined = {
      page: 'voice',
      query: '',
      params: webhook({ ...first, CallSid: `CA${asked}`, ...call(params).params }),
    }
    let count = 0
    for (const step of [...steps, undefined]) {
      const ours = world.server(request, now)
      const theirs = world.bundle(request)
      if (ours !== theirs) t.equal(theirs, ours, `seed ${seed}: ${world.name} ${JSON.stringify(request)}`)
      count += 1
      const what = request.params.ErrorUrl ? 'fallback' : request.page
      counts[what] = (counts[what] ?? 0) + 1
      request = step && following(request, ours, step)
      if (!request) break
    }
    return count
  }
})

interface Journey {
  readonly world: World
  readonly to: number
  readonly from: number
  readonly params: number
  readonly now: number
  readonly steps: readonly Step[]
}

/** What Twilio does after a document: which of its URLs, with what, and whether that URL fails and it asks the fallback. */
interface Step {
  readonly which: number
  readonly outcome: Readonly<Record<string, string>>
  readonly more: Readonly<Record<string, string>>
  readonly fails: boolean
}

function journeys(worlds: readonly World[]): fc.Arbitrary<Journey> {
  return fc.record({
    world: fc.constantFrom(...worlds),
    to: fc.nat(),
    from: fc.nat(),
    params: fc.nat(),
    now: fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2028-01-01') }),
    steps: fc.array(
      fc.record({
        which: fc.nat(),
        outcome: fc.constantFrom(...OUTCOMES),
        more: fc.constantFrom(...MORE),
        fails: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
  })
}

function following(before: TwilioRequest, twiml: string, { which, outcome, more, fails }: Step) {
  const pages = nextPages(twiml)
  const next = pages[which % pages.length]
  if (!next) return undefined
  const { ErrorUrl, DialCallStatus, DialSipResponseCode, DialBridged, Digits, ...call } = before.params
  const params = { ...call, CallStatus: 'in-progress', ...outcome, ...more }
  if (!fails) return { ...next, params }
  const url = `https://other.example.net/sip/${next.page}?${next.query}`
  return { page: 'voice', query: '', params: { ...params, ErrorCode: '11200', ErrorUrl: url } }
}

const CONFIG = configOf(`
endpoints:
  a: { uri: "sip:{{To}}@a.example.com" }
routes:
  - { name: main, to: "+15551230001", dial: a, screen: { say: Hi }, otherwise: { say: sorry } }
`)

/** A page of the function, not bundled. */
function page(path: string, config: Config | string = CONFIG) {
  const asset = typeof config === 'string' ? config : assetText(packConfig(config), LABEL)
  const handler = handlerFor(path, { open: () => asset, Response: Answered })
  return (event: Record<string, unknown> = webhook(), context: Record<string, string> = {}) =>
    ask(handler, { DOMAIN_NAME: 'voice.example.com', ...context }, event)
}

t.test('a function answers as the server does', (t) => {
  const { status, type, body } = page('voice')()
  t.same([status, type], [200, 'text/xml; charset=utf-8'])
  t.match(body, `action="${BASE}/dialed?`)
  t.match(logged.at(-1), '"route":"main"')
  t.equal(
    page('voice')(webhook({ AccountSid: 'ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb' })).status,
    403,
    'foreign account',
  )
  t.match(page('voice')({ AccountSid: webhook().AccountSid }), {
    status: 400,
    body: 'the parameters CallSid, To are missing\n',
  })
  t.match(page('screen')({ AccountSid: webhook().AccountSid }).body, '<Response></Response>')
  const lost = { ...webhook(), ErrorUrl: `${BASE}/dialed?dial=main&hop=a`, DialCallStatus: 'failed' }
  t.match(page('voice')(lost).body, '<Say>sorry</Say>', 'the page that failed')
  t.match(page('screen')({ ...webhook(), dial: 'gone', hop: 'a' }).body, '<Response></Response>')
  const open = page('voice', { ...CONFIG, insecureSkipSignature: true })
  t.equal(
    open(webhook({ AccountSid: 'ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb' })).status,
    200,
    'no signature is asked for',
  )
  for (const callback of ['status', 'recording']) t.equal(page(callback)().status, 204)
  t.same(page('revision')({}).body, LABEL)
  t.match(
    page('voice')(webhook(), { DOMAIN_NAME: 'localhost:3000' }).body,
    'action="http://localhost:3000/dialed?',
  )
  t.match(
    page('voice')({ ...webhook(), To: ['+1999', '+15551230001'] }).body,
    '<Dial ',
    'the last one counts',
  )
  const masked = { ...CONFIG, maskNumbers: true }
  page('voice', masked)()
  t.notMatch(logged.at(-1), '15551230001')
  t.end()
})

t.test('a live call gets TwiML whatever goes wrong', (t) => {
  t.match(page('voice', 'no JSON')().body, '<Response><Reject/></Response>')
  t.match(logged.at(-1), 'the config cannot be read')
  const routes = new Map([['main', { ...CONFIG.routes.get('main')!, rules: undefined as never }]])
  t.match(page('voice', { ...CONFIG, routes })().body, '<Response><Reject/></Response>')
  t.match(logged.at(-1), 'failed as well')
  const plan = { dial: 'main', hop: 'a' }
  const asked = { ...webhook(), ...plan }
  t.match(page('screen')(asked).body, '<Say>Hi</Say>')
  t.match(
    page('screen', { ...CONFIG, endpoints: undefined as never, routes })(asked).body,
    '<Response></Response>',
  )
  t.match(logged.at(-1), 'the screen failed')
  const noEndpoints = { ...CONFIG, endpoints: undefined as never }
  t.match(
    page('dialed', noEndpoints)({ ...asked, next: 'x', DialCallStatus: 'failed' }).body,
    '<Say>sorry</Say>',
  )
  t.end()
})

const SECRETS = `${HEAD}
endpoints:
  a: { uri: "sip:u:\${A_PASS}@\${HOST}", headers: { X-Key: "k \${A_KEY}", X-File: "\${file:/run/secrets/2nd-key}" } }
  b: { uri: "sip:{{To}}@b.example.com?X-Mark=a%20b", username: u, password: "\${B_PASS:-none}" }
routes:
  - { name: main, to: "+15551230001", dial: { ring: [a, b] } }
`

const VALUES: Record<string, string> = {
  A_PASS: 'p-a',
  A_KEY: 'käy & "co"',
  B_PASS: '<&b>',
  _2ND_KEY: 'x'.repeat(40),
}

t.test('secrets are variables of the service', (t) => {
  const source = { ...files({ 'dialsip.yaml': SECRETS }), variables: { HOST: 'a.example.com' } }
  const { config } = loadConfig('/etc/dialsip.yaml', { ...source, seal })
  const packed = packConfig(config!)
  t.same(sealedIn(packed), ['A_KEY', 'A_PASS', 'B_PASS', '_2ND_KEY'])
  const read = (name: string) => (name === '/run/secrets/2nd-key' ? VALUES._2ND_KEY! : source.read(name))
  const served = loadConfig('/etc/dialsip.yaml', {
    ...source,
    read,
    variables: { TOKEN: 't0ken-t0ken', HOST: 'a.example.com', ...VALUES },
  })
  const ours = page('voice', served.config!)().body
  t.equal(
    page('voice', assetText(packed, LABEL))(webhook(), VALUES).body,
    ours,
    'as the server that has them',
  )
  t.match(ours, /X-Key=k%20k%C3%A4y%20%26%20%22co%22.*password="&lt;&amp;b&gt;"/s)
  const bare = openAsset(assetText(packed, LABEL), { A_PASS: 1, A_KEY: 'line\nbreak' }, `${BASE}/x/`)
  t.same(bare.missing, ['A_PASS', '_2ND_KEY', 'B_PASS'])
  t.equal(bare.config.publicUrl.href, `${BASE}/x`)
  t.same(bare.config.endpoints.get('a')!.uri!.headers[0], { name: 'X-Key', value: [], pair: ['X-Key='] })
  page('voice', assetText(packed, LABEL))()
  t.match(logged.join('\n'), 'the variable B_PASS of the service is not set')
  t.end()
})

t.test('a malformed reference is an error with its place', (t) => {
  const text = SECRETS.replace('${A_PASS}', '${A PASS}')
  const { errors } = loadConfig('/etc/dialsip.yaml', {
    ...files({ 'dialsip.yaml': text }),
    variables: { HOST: 'h' },
    seal,
  })
  t.match(
    errors.filter(({ level }) => level === 'error'),
    [{ code: 'secret-syntax' }],
  )
  t.end()
})
