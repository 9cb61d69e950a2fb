import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { configOf, HEAD, loadText, TOKEN } from '../harness/build.js'
import { run } from '../harness/run.js'

const GOOD = `${HEAD}
routes: [{ name: a, to: "+15551230001", dial: sip:a@example.com, otherwise: { hangup: true } }]
`
const WARNED = GOOD.replace(', otherwise: { hangup: true }', '')
const WRONG = `${GOOD}\nnothing: "100 %, or: so"\n`

const dir = t.testdir({ 'good.yaml': GOOD, 'warned.yaml': WARNED, 'wrong.yaml': WRONG })
const file = (name: string) => join(dir, `${name}.yaml`)

const EXITS: readonly [args: string[], code: number][] = [
  [[file('good')], 0],
  [[file('warned')], 0],
  [[file('good'), '--strict'], 0],
  [[file('warned'), '--strict'], 1],
  [[file('wrong')], 1],
  [[file('good'), '--format', 'xml'], 2],
]

for (const [args, code] of EXITS) {
  t.test(`check ${args.join(' ').replace(dir, '')} exits ${code}`, async (t) => {
    t.equal((await run('check', ...args)).code, code)
  })
}

t.test('what is not set is a placeholder, and stderr says so', async (t) => {
  const { stdout, stderr } = await run('check', '-c', file('good'))
  t.equal(stderr, 'dialsip: placeholders are used for what is not set: ${TOKEN}\n')
  t.equal(stdout, `${file('good')}: ok, 1 route, 0 endpoints\n`)
  const more = HEAD.replace('https://voice.example.com', '${PUBLIC_URL}').replace(
    '${TOKEN}',
    '${file:/no/where}',
  )
  const other = join(t.testdir({ 'a.yaml': more }), 'a.yaml')
  t.match(await run('check', other), { code: 0, stderr: /: \$\{PUBLIC_URL\}, \$\{file:\/no\/where\}$/m })
})

t.test('files are named as they are seen from where the command runs', async (t) => {
  const twice = '  - { to: "+15551230001", dial: sip:b@example.com }'
  const folder = t.testdir({
    'twice.yaml': `${HEAD}include: [routes/*.yaml]\nroutes:\n${twice}\n`,
    routes: { 'more.yaml': `routes:\n${twice}\n` },
  })
  const { stdout } = await run('check', join(folder, 'twice.yaml'))
  t.match(stdout, `${join(folder, 'routes', 'more.yaml')}:2:`)
  t.match(stdout, `see also ${join(folder, 'twice.yaml')}:`)
})

t.test('the JSON names every finding with its place', async (t) => {
  const { stdout } = await run('check', file('wrong'), '--format', 'json')
  t.match(JSON.parse(stdout), {
    file: file('wrong'),
    ok: false,
    errors: 1,
    warnings: 0,
    findings: [
      {
        level: 'error',
        code: 'unknown-key',
        path: 'nothing',
        file: 'wrong.yaml',
        line: 7,
        column: 1,
        length: 7,
      },
    ],
  })
})

t.test('the JSON names the second place of a finding', async (t) => {
  const twice = join(t.testdir({ 'a.yaml': `${GOOD}  ` }), 'a.yaml')
  const text = GOOD.replace('routes: [', 'routes: [{ name: b, to: "+15551230001", say: hi }, ')
  const clash = join(t.testdir({ 'a.yaml': text }), 'a.yaml')
  t.equal(twice, clash)
  const { findings } = JSON.parse((await run('check', clash, '--format', 'json')).stdout)
  t.match(findings, [{ code: 'duplicate-claim', see: { file: 'a.yaml', line: 5 } }])
})

t.test('annotations name file, line and help as GitHub wants it', async (t) => {
  const wrong = await run('check', file('wrong'), '--format', 'github')
  t.match(
    wrong.stdout,
    /^::error file=.*wrong\.yaml,line=7,col=1,endColumn=8,title=unknown-key::there is no key "nothing" here%0Aremove it\n$/,
  )
  const warned = await run('check', file('warned'), '--format', 'github')
  t.match(warned.stdout, /^::warning file=.*title=no-otherwise::/)
})

t.test('what GitHub would misread is escaped', async (t) => {
  const odd = join(t.testdir({ 'a,b.yaml': WRONG.replace('nothing:', '"%x":') }), 'a,b.yaml')
  t.match((await run('check', odd, '--format', 'github')).stdout, /a%2Cb\.yaml,line.*there is no key "%25x"/)
})

t.test('a finding without help is its message alone', async (t) => {
  const text = GOOD.replace('otherwise', 'headers: { X-Twilio-A: b }, otherwise')
  const name = join(t.testdir({ 'a.yaml': text }), 'a.yaml')
  t.match(
    (await run('check', name, '--format', 'github')).stdout,
    /title=sip-header-name::.*\(error 32113\)\n$/,
  )
})

t.test('without a file the usual one is checked', async (t) => {
  t.match(await run('check'), { code: 0, stdout: /^config\/dialsip\.yaml: ok/m })
})

t.test('a config is read from stdin', async (t) => {
  const args = ['dist/bin/dialsip.js', 'check', '-', '--format', 'json']
  const { stdout, status } = spawnSync(process.execPath, args, { input: WRONG, encoding: 'utf8' })
  t.equal(status, 1)
  t.match(JSON.parse(stdout), { findings: [{ file: '-', line: 7 }] })
})

const ACCOUNT = `accounts: [{ sid: ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, authTokens: ["\${TOKEN}"], enhancedSip: true }]`
const ENDPOINTS = `
defaults: { otherwise: { say: sorry } }
endpoints: { a: { uri: "sip:a@a.example.com" }, b: { uri: "sip:b@b.example.com" } }
`

/** A text, and the warning that it earns or, with none, does not. */
const LINTS: readonly [yaml: string, code?: string][] = [
  ['routes: [{ to: "+1555", dial: [a, b, a] }]', 'hop-twice'],
  ['routes: [{ to: "+1555", dial: [a, { split: { a: 1, b: 2 } }] }]', 'hop-twice'],
  ['routes: [{ to: "+1555", dial: { ring: [a, b] } }]', 'ring-enhanced'],
  ['routes: [{ to: "+1555", dial: [a, b], timeLimit: 14401 }]', 'time-limit-account'],
  ['routes: [{ to: "+1555", dial: [{ endpoint: a, timeLimit: 80000 }, b] }]', 'time-limit-account'],
  ['routes: [{ to: "+1555", dial: [a, b], timeLimit: 14400 }]'],
  ['routes: [{ to: "sip:*@acme.sip.twilio.com", dial: [a, b, { number: "+1666" }] }]', 'caller-id-missing'],
  ['routes: [{ to: "sip:x@acme.sip.twilio.com", dial: [a, b, { number: "+1666" }], callerId: "+1777" }]'],
  ['routes: [{ to: "+1555", dial: [a, b, { number: "+1666" }] }]'],
  ['routes: [{ to: "+1555", dial: [a, b], screen: "https://voice.example.com/voice" }]', 'screen-document'],
  ['routes: [{ to: "+1555", dial: [a, b], screen: "https://voice.example.com" }]', 'screen-document'],
  ['routes: [{ to: "+1555", dial: [a, b], screen: "https://voice.example.common/ask" }]'],
  [
    'routes: [{ to: "+1555", dial: [a, { endpoint: b, url: "https://voice.example.com/x" }] }]',
    'screen-document',
  ],
]

for (const [yaml, code] of LINTS) {
  t.test(`${yaml} earns ${code ?? 'no warning'}`, async (t) => {
    const codes = loadText(ENDPOINTS + yaml).errors.map((error) => error.code)
    t.same(codes, code === undefined ? [] : [code])
  })
}

t.test('an endpoint whose screening document would dial is warned of', async (t) => {
  const text = ENDPOINTS.replace('sip:b@b.example.com"', '$&, url: "https://voice.example.com/voice"')
  const { errors } = loadText(`${text}\nroutes: [{ to: "+1555", dial: [a, b] }]`)
  t.match(errors, [{ code: 'screen-document', path: ['endpoints', 'b', 'url'] }])
})

t.test('a long timeLimit of defaults is warned of once', async (t) => {
  const text = ENDPOINTS.replace('{ otherwise', '{ timeLimit: 20000, otherwise')
  const { errors } = loadText(`${text}\nroutes: [{ to: "+1555", dial: a }, { to: "+1556", dial: b }]`)
  t.match(errors, [{ code: 'time-limit-account', path: ['defaults', 'timeLimit'] }])
  t.equal(errors.length, 1)
})

t.test('an account with enhanced SIP may ring', async (t) => {
  const yaml = `${HEAD.replace(/accounts:.*/, ACCOUNT)}${ENDPOINTS}\nroutes: [{ to: "+1555", dial: { ring: [a, b] } }]`
  const { stdout } = await run('check', join(t.testdir({ 'a.yaml': yaml }), 'a.yaml'), '--strict')
  t.match(stdout, /^.*a\.yaml: ok/)
})

t.test('a header from the environment is a secret', async (t) => {
  const { secrets } = configOf(`
endpoints: { a: { uri: "sip:a@example.com", headers: { X-Key: "\${TOKEN}", X-Plain: acme } } }
routes: [{ to: "+1555", dial: a, otherwise: { hangup: true } }]
`)
  t.same(secrets, [TOKEN, TOKEN])
})
