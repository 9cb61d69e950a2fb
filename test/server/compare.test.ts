import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { answerTo } from '../../bin/compare-configs.js'
import { Comparisons } from '../../bin/comparisons.js'
import { noteTexts, type PackedTexts, packTexts, textSource, unpackTexts } from '../../bin/config-texts.js'
import { Reloader } from '../../bin/reload.js'
import { loadText, TOKEN } from '../harness/build.js'
import { replica } from '../harness/replica.js'
import { runIn } from '../harness/run.js'
import { folderOf, SERVED, serving, until } from '../harness/serving.js'

const SECRET = 'hunter22-literal'
const NOW = Date.parse('2026-11-20T10:00:00Z')
const ROUTES = `include: routes/*.yaml
endpoints: { a: { uri: "sip:a.example.com", username: u, password: ${SECRET} } }
`
const MORE = 'routes: [{ name: sales, to: "+15551230001", dial: a }]\n'

const packed = (text: string, more: Record<string, string> = {}) =>
  packTexts({
    files: new Map(Object.entries({ '/etc/d/dialsip.yaml': text, ...more })),
    found: new Map([['/etc/d/routes/*.yaml', Object.keys(more)]]),
  })!
const RUNNING = packed(SERVED + ROUTES, { '/etc/d/routes/more.yaml': MORE })

function ask(asks: 'check' | 'diff', body: object | string, running = RUNNING) {
  const sent = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
  const { status, body: answer } = answerTo({ asks, running, body: sent, now: NOW }) as {
    status: number
    body: Uint8Array
  }
  const text = new TextDecoder().decode(answer)
  return { status, text, ...JSON.parse(text) }
}

t.test('a file of the running config is replaced by the one of the request', async (t) => {
  const changed = { files: { 'routes/more.yaml': MORE.replace('dial: a', 'reject: busy') } }
  t.match(ask('check', changed), { status: 200, ok: true, file: 'dialsip.yaml', routes: 1, endpoints: 1 })
  t.match(ask('diff', { ...changed, at: '2026-11-20T10:00:00Z' }), {
    status: 200,
    callsChange: true,
    differences: [{ affected: [{ route: { old: 'sales', new: 'sales' } }] }],
  })
  t.match(ask('diff', { text: SERVED + ROUTES }), { status: 200, callsChange: false })
  const other = {
    file: 'b.yaml',
    text: `${SERVED}include: [x.yaml, "y/*.yaml"]\n`,
    files: { 'x.yaml': MORE },
  }
  t.match(ask('check', { ...other, found: { 'y/*.yaml': ['routes/more.yaml'] } }), {
    ok: false,
    file: 'b.yaml',
    errors: 4,
  })
})

t.test('a wrong request and a wrong config are refused with what is wrong', async (t) => {
  t.match(ask('check', 'routes: []'), { status: 400, error: 'the body is not JSON' })
  t.match(ask('check', {}), { status: 400, error: 'text or files is missing: the YAML of the config' })
  t.match(ask('check', { txt: '' }), { status: 400, error: /text/ })
  t.match(ask('diff', { text: SERVED + ROUTES, at: 'soon' }), { status: 400, error: /^at: / })
  t.match(ask('diff', { text: 'routes: {' }), {
    status: 422,
    error: /^the config has errors: dialsip.yaml:1:/,
  })
  t.match(ask('check', { text: 'routes: {' }), { ok: false, findings: [{ file: 'dialsip.yaml', line: 1 }] })
  const alone = packed(`${SERVED}routes: [{ name: a, to: "\${NUMBER}", say: x }]\n`)
  t.match(ask('check', { text: SERVED }, alone), {
    status: 409,
    error: /cannot be read alone: dialsip.yaml:\d/,
  })
})

t.test('an error is shown with its line', async (t) => {
  const at = (text: string) => ask('check', { text }).findings[0].excerpt
  t.same(at(SERVED + ROUTES.replace('username', 'usrname')), {
    before: 'endpoints: { a: { uri: "sip:a.example.com", ',
    marked: 'usrname',
    after: ': u, password: **************** } }',
  })
  t.same(at('routes: {'), { before: 'routes: {', marked: '', after: '' })
  t.same(at(`x: y\npassword: ${SECRET}-new: y`), { before: 'password: …', marked: '', after: '' })
  t.equal(at(''), undefined)
})

t.test('the tests of a config are run, those that fail come first', async (t) => {
  const test = (number: string, more = '') =>
    `  - { call: { to: "${number}", from: "+15557650001" ${more} }, expect: { dials: a } }\n`
  const one = ask('check', {
    text: `${SERVED}${ROUTES}tests:\n${test('+15551230001')}${test('+15551239999')}${test('nobody')}`,
  })
  t.match(one.tests, {
    passed: 1,
    failed: 2,
    cases: [
      {
        passed: false,
        place: 'dialsip.yaml:10',
        call: { to: '+15551239999', from: '+15557650001' },
        mismatches: [{ what: 'dials', expected: 'a', got: 'none' }],
      },
      { passed: false, wrong: /"nobody" is neither/, mismatches: [] },
      { passed: true, title: '+15551230001 from +15557650001', mismatches: [] },
    ],
    coverage: { percent: 100, kinds: [{ kind: 'routes', reached: 2, all: 2, missed: [] }] },
  })
  t.equal(ask('check', { text: SERVED + ROUTES }).tests, undefined)
  t.equal(ask('check', { text: `${SERVED}routes: [{}]\ntests:\n${test('+15551230001')}` }).tests, undefined)
  const twiml = `tests: [{ call: { to: "+15551230001" }, expect: { twiml: ${'x'.repeat(5_000)} } }]\n`
  const many = ask('check', { text: SERVED + ROUTES, files: { 'routes/more.yaml': MORE + twiml } })
  t.match(many.tests.cases, [{ place: 'routes/more.yaml:2', mismatches: [{ what: 'twiml' }] }])
  t.equal(many.tests.cases[0].mismatches[0].expected.length, 1_001)
})

t.test('of a long comparison the first of each list are sent, if that is asked', async (t) => {
  const routes = (say: (at: number) => string) =>
    `${SERVED}routes:\n${Array.from({ length: 110 }, (_, at) => `  - { name: r${at}, to: ["+1555123${1000 + 2 * at}"], say: ${say(at)} }\n`).join('')}`
  const old = packed(routes(() => 'one'))
  const one = ask('diff', { text: routes(() => 'two'), short: true }, old)
  t.match(one, { callsChange: true, differences: [{ moreRoutes: 102 }] })
  t.same([one.differences[0].affected.length, one.moreDifferences], [8, undefined])
  t.equal(ask('diff', { text: routes(() => 'two') }, old).differences[0].affected.length, 110)
  const each = ask('diff', { text: routes((at) => `two${at}`), short: true }, old)
  t.same([each.differences.length, each.moreDifferences], [100, 10])
  const numbers = (say: string) =>
    `${SERVED}routes: [{ name: a, to: [${Array.from({ length: 9 }, (_, at) => `"+1555123${1000 + 2 * at}"`)}], say: ${say} }]\n`
  t.match(ask('diff', { text: numbers('two'), short: true }, packed(numbers('one'))), {
    differences: [{ affected: [{ moreNumbers: 3 }] }],
  })
})

t.test('the files on the disk are read without their secrets', async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'dialsip.yaml')
  const secret = join(folder, 'secret')
  const account = SERVED.replace('${TOKEN}', `\${file:${secret}}`)
  const routes = (say: string) =>
    `include: more.yaml\nroutes: [{ name: main, to: "+15551230002", say: ${say} }]\n`
  const running = packTexts({
    files: new Map([
      [file, account + routes('one')],
      [join(folder, 'more.yaml'), 'routes: []\n'],
    ]),
    found: new Map([[join(folder, 'more.yaml'), [join(folder, 'more.yaml')]]]),
  })
  writeFileSync(secret, 'a-secret-of-the-disk')
  writeFileSync(file, account + routes('one'))
  writeFileSync(join(folder, 'more.yaml'), 'routes: []\n')
  t.match(ask('diff', { disk: true }, running), { status: 200, callsChange: false })
  writeFileSync(file, account + routes('two'))
  t.match(ask('check', { disk: true }, running), { status: 200, ok: true, file: 'dialsip.yaml', routes: 1 })
  const { text, ...answer } = ask('diff', { disk: true }, running)
  t.match(answer, { callsChange: true, differences: [{ added: [/two/] }] })
  t.notMatch(text, 'a-secret-of-the-disk')
  writeFileSync(join(folder, 'more.yaml'), 'rotes: []\n')
  t.match(ask('check', { disk: true }, running), { ok: false, findings: [{ file: 'more.yaml', line: 1 }] })
  t.match(ask('check', { disk: true, text: '' }, running), { status: 400, error: /^disk goes with no text/ })
})

t.test('an answer has no secret and reads no file', async (t) => {
  const stolen = { file: 'b.yaml', text: `${SERVED}numbersFrom: dialsip.yaml\n` }
  const { text, ok } = ask('check', stolen)
  t.notOk(ok)
  t.notMatch(text, SECRET)
  t.notMatch(ask('diff', { text: (SERVED + ROUTES).replace('a.example', 'b.example') }).text, SECRET)
  t.match(ask('check', { file: '/etc/passwd', files: {} }), {
    ok: false,
    findings: [{ code: 'file-unreadable' }],
  })
  const secret = { text: SERVED.replace('${TOKEN}', '${file:/etc/passwd}') }
  t.notMatch(ask('check', secret).text, 'root:')
})

t.test('alias bombs and hundreds of errors get a small answer soon', async (t) => {
  const bomb = `a: &a [1,1,1,1,1,1,1,1,1]\n${[...'bcdefghi'].map((to, at) => `${to}: &${to} [${Array(9).fill(`*${'abcdefgh'[at]}`)}]`).join('\n')}`
  t.match(ask('check', { text: bomb }), { ok: false })
  const wide = (count: number) =>
    `routes: [${Array.from({ length: count }, (_, at) => `{ name: r${at}, to: "030 ${at}", dial: "sip:a.example.com" }`)}]`
  const { findings, more, errors } = ask('check', { text: SERVED + wide(300) })
  t.equal(findings.length, 100)
  t.ok(errors >= 300 && more.length > 0)
  const names = Array.from(
    { length: 10 },
    () => `{ name: ${'x'.repeat(200_000)}, to: "030", dial: "sip:a.b" }`,
  )
  t.equal(ask('check', { text: `${SERVED}routes: [${names}]` }).status < 500, true)
  // each error has the name of the file; what has no secret is not searched for one
  const long = { file: 'x'.repeat(200_000), text: SERVED + wide(100) }
  const open = SERVED.replace(/accounts:.*/, 'accounts: []\ninsecureSkipSignature: true\nroutes: []')
  t.match(ask('check', long, packed(open)), { status: 413, error: /larger than 16 MB/ })
})

t.test('texts are kept without secrets, and only so many of them', async (t) => {
  t.same(unpackTexts(RUNNING).files.get('/etc/d/routes/more.yaml'), MORE)
  t.equal(packTexts({ files: new Map([['/a', 'x'.repeat(33 * 1024 ** 2)]]), found: new Map() }), undefined)
  const disk = { variables: {}, placeholders: false, read: (name: string) => name, glob: () => ['/x'] }
  const { source, texts } = noteTexts(disk)
  t.same([source.read('/a'), source.read('/secret', true), source.glob('/*')], ['/a', '/secret', ['/x']])
  t.same(texts, { files: new Map([['/a', '/a']]), found: new Map([['/*', ['/x']]]) })
  const nothing = packTexts({ files: new Map(), found: new Map() })!
  t.throws(() => ask('check', { text: SERVED }, nothing))
  const { read, glob } = textSource(unpackTexts(RUNNING))
  t.throws(() => read('/etc/d/routes/more.yaml', true), { code: 'ENOENT' })
  t.same(glob('/etc/d/routes/more.yaml'), ['/etc/d/routes/more.yaml'])
  t.same(glob('/etc/d/none.yaml'), [])
})

t.test('the thread is bounded in time and memory, and one runs at a time', async (t) => {
  const body = new TextEncoder().encode(JSON.stringify({ text: SERVED + ROUTES }))
  const at = { texts: RUNNING, now: () => NOW }
  const says = async (comparisons: Comparisons) => {
    const answer = await comparisons.answer('diff', body)
    return { status: answer.status, ...JSON.parse(new TextDecoder().decode(answer.body)) }
  }
  const memory = (left: number) => () => ({ left, heapLeft: left })
  t.match(await says(new Comparisons(at)), { status: 200, callsChange: false })
  t.match(await says(new Comparisons(at, { longestMs: 1 })), { status: 504, error: /within 0.001 s/ })
  t.match(await says(new Comparisons(at, { memory: memory(0) })), { status: 503, error: /no memory is left/ })
  t.match(await says(new Comparisons(at, { memory: memory(36 * 1024 ** 2) })), {
    status: 503,
    error: /more memory/,
  })
  t.match(await says(new Comparisons({ ...at, texts: undefined })), {
    status: 503,
    error: /does not keep the texts/,
  })
  const comparisons = new Comparisons(at)
  const gone = comparisons.answer('diff', undefined, AbortSignal.abort())
  t.equal((await gone).status, 504)
  const release = comparisons.take()!
  t.equal(comparisons.take(), undefined)
  t.equal(await comparisons.changes(RUNNING, RUNNING), undefined)
  release()
  t.same(await comparisons.changes(RUNNING, RUNNING), { changes: 0 })
  t.equal(await new Comparisons(at, { longestMs: 1 }).changes(RUNNING, RUNNING), undefined)
})

t.test('what a reload changes is a count and the first change', async (t) => {
  const changes = (next: PackedTexts, running = RUNNING) =>
    answerTo({ asks: 'changes', running, next, now: NOW })
  const from = (old: string, to: string) =>
    packed((SERVED + ROUTES).replace(old, to), { '/etc/d/routes/more.yaml': MORE.replace(old, to) })
  t.match(changes(from('dial: a', `say: ${'x'.repeat(300)}`)), {
    changes: 1,
    first: /^route sales: dial a.* → say: x+…$/,
  })
  t.match(changes(from('voice.example', 'other.example')), { changes: 1, first: /^publicUrl: https:/ })
  t.match(changes(packed(`${SERVED}routes: []\n`)), { changes: 1, first: /^route sales: / })
  t.equal(changes(from('+15551230001', '${NUMBER}')), undefined)
  t.match(changes(from('dial: a', 'dial: a, timeLimit: 600')), { first: /^route sales: nothing → dial a/ })
  const unclaimed = (say: string) => packed(`${SERVED}default: { say: ${say} }\nroutes: []\n`)
  t.match(changes(unclaimed('two'), unclaimed('one')), { first: 'no route: say: one → say: two' })
})

type Dialsip = ReturnType<typeof runIn>

/** A server by two files, and what asks it. */
async function operated(t: Test) {
  const folder = folderOf(t)
  const server = await serving(t, 'routes: [{ name: main, to: "+15551230001", say: one }]\n', { folder })
  const post = (path: string, body: string) =>
    server.admin(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const other = join(folder, 'other.yaml')
  const dialsip = runIn({ DIALSIP_ADMIN_URL: server.adminAddress, TOKEN })
  return { ...server, post, other, dialsip }
}

t.test('the admin listener takes one request at a time, of at most 16 MB', async (t) => {
  const { post, service, admin, file, other, dialsip } = await operated(t)
  const body = JSON.stringify({ text: `${SERVED}routes: []\n` })
  const answers = await Promise.all(Array.from({ length: 4 }, () => post('/api/diff', body)))
  const statuses = answers.map(({ status }) => status).sort()
  t.same([...new Set(statuses)], [200, 429])
  t.equal(answers.find(({ status }) => status === 429)!.headers.get('retry-after'), '5')
  await until(t, 'the place is free again', async () => (await post('/api/check', body)).status === 200)
  const status = await post('/api/check', 'x'.repeat(17 * 1024 ** 2)).then(
    ({ status }) => status,
    () => 413,
  )
  t.equal(status, 413)
  await until(t, 'and again', async () => (await admin('/api/check', { method: 'POST' })).status === 400)
  const { admin: without } = replica(service.active.config)
  t.equal((await without.inject({ method: 'POST', url: '/api/diff' })).statusCode, 503)
  await t.test('dialsip diff --running compares a file with what the server runs', (t) =>
    comparesByCommand(t, file, other, dialsip),
  )
})

async function comparesByCommand(t: Test, file: string, other: string, dialsip: Dialsip) {
  writeFileSync(other, `${SERVED}routes: [{ name: main, to: "+15551230001", say: two }]\n`)
  t.match(await dialsip('diff', '--running', file), { code: 0, stdout: 'no call changes\n' })
  t.match(await dialsip('diff', '--running', other, '--at', '2026-11-20T10:00:00Z', '--json'), {
    code: 1,
    stdout: /"new": "say \\"two\\""/,
  })
  t.match(await dialsip('diff', '--running', file, other), { code: 2, stderr: /takes one config/ })
  t.match(await dialsip('diff', '--running', file, '--replay', other), { code: 2 })
  t.match(await dialsip('diff', '--running', other, '--admin', 'ftp://x'), { code: 2, stderr: /not the URL/ })
  t.match(await dialsip('diff', '--running', other, '--admin', 'http://127.0.0.1:1'), {
    code: 2,
    stderr: /no answer/,
  })
  writeFileSync(other, 'routes: {')
  t.match(await dialsip('diff', '--running', other), { code: 2, stderr: /other.yaml:1:/ })
}

t.test('the log says after a reload what changes for calls', async (t) => {
  const { service, comparisons, lines } = await operated(t)
  const load = (say: string, texts = true) => {
    const yaml = `routes: [{ name: main, to: "+15551230001", say: ${say} }]\n`
    return async () => ({ ...loadText(yaml), texts: texts ? packed(SERVED + yaml) : undefined })
  }
  const reload = (...args: Parameters<typeof load>) =>
    new Reloader(service, load(...args), (old, next) => comparisons.changes(old, next)).reload()
  await reload('two')
  await until(t, 'a change', () => lines.some(({ msg }) => msg === 'the reload changes calls'))
  t.match(lines.at(-1), { changes: 1, first: 'route main: say: one → say: two' })
  await reload('two')
  await until(t, 'none', () => lines.some(({ msg }) => msg === 'the reload changes no call'))
  await new Reloader(service, load('three')).reload()
  await reload('four', false)
  t.equal(lines.filter(({ msg }) => String(msg).startsWith('the reload')).length, 2)
})
