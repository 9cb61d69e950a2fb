import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { DOMParser } from '@xmldom/xmldom'
import t from 'tap'
import type { TestSource } from '../src/schema/test-case.js'
import { evaluateXPath } from '../src/spec/expectations.js'
import { reportJunit, reportPretty, reportTap } from '../src/spec/report.js'
import { runSpec } from '../src/spec/run-spec.js'
import { configOf, HEAD, loadText } from './harness/build.js'
import { run } from './harness/run.js'

const YAML = `
endpoints:
  frankfurt: { uri: "sip:{{To}}@fra.example.com", region: de1, password: "\${TOKEN}", headers: { X-Tenant: acme } }
  dublin: { uri: "sip:{{To}}@dub.example.com", region: ie1 }
schedules:
  office: { timezone: Europe/Berlin, open: [mon-fri 09:00-18:00] }
routes:
  - name: berlin
    to: "+4930123456"
    rules:
      - if: { schedule: office }
        dial: [frankfurt, dublin]
        timeout: 20
        otherwise: { say: sorry }
      - if: { from: anonymous }
        reject: busy
  - { name: simple, to: "+1555", dial: "sip:joe:hush@example.com", otherwise: { hangup: true } }
`
const config = configOf(YAML)
const OPEN = '2026-11-20T10:00:00+01:00'

/** What is said of a case with this expectation. */
function failuresOf(expect: TestSource['expect'], more: Partial<TestSource> = {}): string[] {
  const test = { call: { to: '+4930123456', from: '+491701234567', at: OPEN }, expect, ...more }
  const [result] = runSpec(config, [test]).cases
  return result!.mismatches.map(({ what, expected, got }) => `${what}: ${expected} / ${got}`)
}

t.test('the title of a case is one line', async (t) => {
  const titleOf = (test: Partial<TestSource>) =>
    runSpec(config, [{ call: { to: '+1555', from: '' }, expect: {}, ...test }]).cases[0]!.title
  t.equal(titleOf({ name: 'a case\n  that fails\n' }), 'a case that fails')
  t.equal(titleOf({}), '+1555 from anonymous')
})

const down = { outcomes: { frankfurt: '503', dublin: 'busy' } }
const FIRST = '<Dial timeout="20" action="https://voice.example.com/dialed?'

const MET: readonly [title: string, expect: TestSource['expect'], more?: Partial<TestSource>][] = [
  ['nothing', {}],
  ['undefined', { route: undefined }],
  ['route and rule', { route: 'berlin', rule: '1' }],
  ['dials, regions and URIs', { dials: ['frankfurt', 'dublin'], region: ['de1', 'ie1'], uri: URIS() }, down],
  ['headers', { headers: { 'X-Tenant': 'acme' } }],
  ['the end', { action: 'say' }, down],
  ['the reason', { reason: 'frankfurt serverError (503)' }, down],
  ['XPath', { xpath: { 'string(//Dial/@timeout)': '20', '//Sip/@password': '***', 'count(//Sip)': '1' } }],
  [
    'nobody who rings',
    { dials: [], rule: '2' },
    { call: { to: '+4930123456', at: '2026-11-21' + 'T10:00' } },
  ],
  ['default', { route: '', action: 'reject' }, { call: { to: '+1999' } }],
  ['who is down', { dials: ['dublin', 'frankfurt'] }, { down: ['frankfurt'], outcomes: { dublin: '503' } }],
  ['who is drained', { dials: ['dublin'] }, { drained: ['frankfurt'] }],
  [
    'whole TwiML in any layout',
    { twiml: '<Response>\n  <Reject reason="rejected" />\n</Response>' },
    { call: { to: '+1999' } },
  ],
]

function URIS(): string[] {
  return ['sip:+4930123456@fra.example.com;region=de1', 'sip:+4930123456@dub.example.com;region=ie1']
}

for (const [title, expect, more] of MET) {
  t.test(`${title} can be expected`, async (t) => t.same(failuresOf(expect, more), []))
}

const UNMET: readonly [expect: TestSource['expect'], message: string | RegExp][] = [
  [{ route: '' }, 'route: none / berlin'],
  [{ rule: '2' }, 'rule: 2 / 1'],
  [{ dials: ['dublin'] }, 'dials: dublin / frankfurt'],
  [{ region: [] }, 'region: none / de1'],
  [{ headers: { 'X-Other': 'a' } }, 'headers.X-Other: a / no such header'],
  [{ action: 'reject' }, 'action: reject / answered'],
  [{ xpath: { '//Number': 'a' } }, 'xpath.//Number: a / no such node'],
  [{ reason: 'x' }, /^reason: x \/ route berlin by \+4930123456, rule 1 \| frankfurt answered/],
  [{ twiml: '<Response/>' }, /^twiml: <Response\/> \/ <Response><Dial/],
]

for (const [expect, message] of UNMET) {
  t.test(`${JSON.stringify(expect)} is reported as expected and got`, async (t) =>
    t.match(failuresOf(expect), [message]),
  )
}

t.test('headers of a call that does not ring are none', async (t) => {
  t.same(failuresOf({ dials: ['dublin'] }, { call: { to: '+1999' } }), ['dials: dublin / none'])
  t.same(failuresOf({ headers: { X: '1' } }, { call: { to: '+1999' } }), ['headers.X: 1 / no such header'])
})

t.test('XPath gives texts, numbers and what is wrong with it', async (t) => {
  const xml = `<Response>${FIRST.replaceAll('?', '')}"/></Response>`
  t.equal(evaluateXPath('count(//Dial)', xml), '1')
  t.equal(evaluateXPath('name(/*)', xml), 'Response')
  t.equal(evaluateXPath('boolean(//Say)', xml), 'false')
  t.equal(evaluateXPath('/', xml), '')
  t.match(evaluateXPath('foo(', xml), /^not an XPath expression: /)
})

t.test('a case that makes no sense fails and says why', async (t) => {
  const wrong = (test: Partial<TestSource>) =>
    runSpec(config, [{ call: { to: '+4930123456', at: OPEN }, expect: {}, ...test }]).cases[0]!.wrong
  t.equal(wrong({ outcomes: { dublim: '503' } }), 'no endpoint is called "dublim"; did you mean "dublin"?')
  t.match(wrong({ call: { to: '+4930123456', at: 'noon' } }), /is not a time/)
  t.equal(
    wrong({ call: { to: '+4930123456' } }),
    'route berlin asks the time (office), so the case needs call.at',
  )
  t.equal(wrong({ call: { to: '+1555' } }), undefined)
})

t.test('an error of ours is not counted as a failed case', async (t) => {
  const broken = { ...config, routes: undefined as never }
  t.throws(() => runSpec(broken, [{ call: { to: '+1555' }, expect: {} }]), TypeError)
})

t.test('coverage lists what no case reached', async (t) => {
  const { coverage } = runSpec(config, [{ call: { to: '+4930123456', at: OPEN }, expect: {} }])
  t.same(coverage, {
    percent: 40,
    kinds: [
      { kind: 'routes', all: 3, reached: 1, missed: ['simple', 'default'] },
      { kind: 'rules', all: 2, reached: 1, missed: ['berlin/2'] },
      { kind: 'endpoints', all: 2, reached: 1, missed: ['dublin'] },
      { kind: 'hops', all: 3, reached: 1, missed: ['berlin/1 → dublin', 'simple → sip:joe@example.com'] },
    ],
  })
})

const FULL: readonly TestSource[] = [
  { call: { to: '+4930123456', at: OPEN }, outcomes: { frankfurt: '503' }, expect: {} },
  { call: { to: '+4930123456', at: '2026-11-21T10:00' }, expect: {} },
  { call: { to: '+4930123456', from: '+1', at: '2026-11-21T10:00' }, expect: { reason: 'no rule fits' } },
  { call: { to: '+1555' }, expect: {} },
]

t.test('a call that fits no rule reaches default', async (t) => {
  t.match(runSpec(config, FULL), { failed: 0, coverage: { percent: 100 } })
  t.same(runSpec(config, FULL.slice(0, 2)).coverage.kinds[0]!.missed, ['simple', 'default'])
})

t.test('a case may expect a rule of the config, and coverage counts it', async (t) => {
  const one = configOf(`
schedules: { night: { timezone: UTC, open: daily 22:00-06:00 } }
rules:
  - { name: blocked, if: { from: "+1900*" }, reject: busy }
  - { if: { schedule: night }, say: Good night }
routes: [{ name: a, to: "+1555", say: hi }]
`)
  const blocked = {
    call: { to: '+1555', from: '+19001' },
    expect: { route: '', rule: 'blocked', action: 'reject' },
  }
  const night = { call: { to: '+1555', at: '2026-11-21T23:00Z' }, expect: { rule: '2' } }
  const { failed, coverage } = runSpec(one, [blocked, night])
  t.equal(failed, 0)
  t.match(coverage.kinds, [{ missed: ['a', 'default'] }, { kind: 'rules', all: 2, missed: [] }])
  t.match(runSpec(one, [blocked]).coverage.kinds[1], { missed: ['@@rules/2'] })
  const timeless = runSpec(one, [{ call: { to: '+1555' }, expect: {} }])
  t.match(timeless.cases[0]!.wrong, /^a rule asks the time \(night\)/)
})

t.test('a long list of what was missed is cut', async (t) => {
  const many = Array.from({ length: 30 }, (_, at) => `{ name: r${at}, to: "+15${at + 10}", say: hi }`)
  const result = runSpec(configOf(`routes: [${many}]`), [])
  t.match(
    reportPretty(result, (_style, text) => text),
    /missed r19\n {4}and 11 more\n/,
  )
})

const TESTS = `
tests:
  - { name: "up # fine", call: { to: "+4930123456", at: ${OPEN} }, expect: { dials: frankfurt } }
  - { call: { to: "+4930123456", from: "+1", at: ${OPEN} }, expect: { dials: dublin } }
  - { call: { to: "+4930123456" }, expect: { route: berlin } }
`

t.test('the report is pretty, TAP or JUnit', async (t) => {
  const file = join(t.testdir({ 'a.yaml': HEAD + YAML + TESTS }), 'a.yaml')
  const pretty = await run('test', file)
  t.equal(pretty.code, 1)
  t.match(
    pretty.stdout,
    /^ok {3}up # fine\nFAIL \+4930123456 from \+1 at \S+ \(.*a\.yaml:24\)\n {5}dials\n {7}expected dublin\n {7}got {6}frankfurt\n {5}\+49/,
  )
  t.match(pretty.stdout, /\n1 passed, 2 failed\n$/)
  const tap = (await run('test', file, '--reporter', 'tap')).stdout
  t.match(
    tap,
    /^TAP version 14\n1\.\.3\nok 1 - up \\# fine\nnot ok 2 - \+4930123456 from \+1 at .*\n {2}---\n {2}at: ".*a\.yaml:24"\n {2}message: \|\n {4}dials\n/,
  )
  t.match(tap, /\n {2}\.\.\.\n# coverage \d+ %: routes \d\/3, rules/)
  const { stdout } = await run('test', file, '--reporter', 'junit')
  const suite = new DOMParser().parseFromString(stdout, 'text/xml').documentElement!
  t.match(stdout, /<failure message="dials">.*a\.yaml:24\ndials\n {2}expected dublin/)
  t.equal(suite.getElementsByTagName('failure').length, 2)
})

t.test('a case that came by stdin fails without a line', async (t) => {
  const { stdout, status } = spawnSync(process.execPath, ['dist/bin/dialsip.js', 'test', '-'], {
    input: HEAD + YAML + TESTS,
    encoding: 'utf8',
  })
  t.equal(status, 1)
  t.match(stdout, `FAIL +4930123456 from +1 at ${OPEN}\n     dials\n`)
  const nowhere = runSpec(config, configOf(YAML + TESTS).tests)
  t.match(reportTap(nowhere), /\n {2}---\n {2}message: \|\n {4}dials\n/)
  t.match(reportJunit(nowhere, '-'), '<failure message="dials">dials\n')
})

t.test('a time without an offset is by the clock of all schedules', async (t) => {
  const tests = 'tests: [{ call: { to: "+4930123456", at: 2026-11-20T17:59 }, expect: { dials: frankfurt } }]'
  const file = join(t.testdir({ 'a.yaml': `${HEAD}${YAML}${tests}` }), 'a.yaml')
  t.match(await run('test', file), { code: 0, stdout: /1 passed, 0 failed/ })
  const other = '  far: { timezone: Asia/Tokyo, open: always }\nroutes:'
  const { errors } = loadText(`${YAML.replace('routes:', other)}${tests}`)
  t.match(
    errors.filter(({ level }) => level === 'error').map(({ message }) => message),
    ['2026-11-20T17:59 has no offset'],
  )
})

t.test('exit codes serve a pipeline', async (t) => {
  const few = TESTS.split('\n').slice(0, 3).join('\n')
  const dir = t.testdir({ 'a.yaml': HEAD + YAML + few, 'none.yaml': HEAD + YAML })
  const exit = async (...args: string[]) => (await run('test', ...args)).code
  t.equal(await exit('-c', join(dir, 'a.yaml')), 0)
  t.equal(await exit(join(dir, 'a.yaml'), '--fail-under', '40'), 0)
  t.match(await run('test', join(dir, 'a.yaml'), '--fail-under', '40.1'), {
    code: 1,
    stderr: /coverage is 40 %, less than 40.1 %/,
  })
  const none = join(dir, 'none.yaml')
  t.match(await run('test', none), { code: 1, stderr: /none\.yaml has no tests/ })
  t.match(await run('test', '-c', join(dir, 'a.yaml'), none), { code: 1, stderr: /none\.yaml has no tests/ })
  for (const wrong of [
    ['--fail-under', 'x'],
    ['--fail-under', '101'],
    ['--reporter', 'x'],
    ['a', 'b'],
  ])
    t.equal(await exit(...wrong), 2)
})

t.test('tests may be in files of their own', async (t) => {
  const case1 = TESTS.split('\n').slice(0, 3).join('\n')
  const dir = t.testdir({
    'a.yaml': `${HEAD}include: more.yaml\n${YAML}`,
    'more.yaml': case1,
    'bad.yaml': 'tests: [{ call: {}, expect: {} }]',
    'names.yaml': 'tests: [{ call: { to: "+1555" }, down: dublim, expect: { action: answered } }]',
  })
  const [config, more, bad, names] = ['a', 'more', 'bad', 'names'].map((name) =>
    join(dir, `${name}.yaml`),
  ) as [string, string, string, string]
  t.match(await run('test', config), { code: 0, stdout: /1 passed/ })
  t.match(await run('test', '-c', config, more, more), { code: 0, stdout: /2 passed/ })
  t.match(await run('test', '-c', config, bad), { code: 2, stderr: /bad\.yaml: "to" is missing/ })
  t.match(await run('test', '-c', config, names), {
    code: 2,
    stderr: /names\.yaml: no endpoint is called "dublim"; did you mean "dublin"\?/,
  })
})

t.test('the shipped example is tested as a whole', async (t) => {
  const { code, stdout } = await run('test', '--fail-under', '100')
  t.equal(code, 0, stdout)
})
