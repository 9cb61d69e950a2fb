import { writeFileSync } from 'node:fs'
import t from 'tap'
import { configSource } from '../../bin/config-file.js'
import { seal } from '../../routes/config-asset.js'
import { type ConfigSource, filesRevision } from '../../src/config/config-source.js'
import { loadConfig } from '../../src/config/load.js'
import { countErrors, printErrors } from '../../src/errors/print.js'
import { type ConfigError, levelOf } from '../../src/errors/problem.js'
import { someOf, suggest } from '../../src/errors/suggest.js'
import {
  configOf,
  decisionOf,
  dialOf,
  errorsOf,
  type Files,
  HEAD,
  loadFiles,
  SID,
} from '../harness/load-files.js'

t.test('an empty file lacks what is needed', async (t) => {
  for (const text of ['', '\n', '# nothing\n', '---\n'])
    t.same(errorsOf(t, text), ['1:1 missing-key', '1:1 missing-key'], JSON.stringify(text))
})

t.test('a text or a list is no config', async (t) => {
  t.same(errorsOf(t, '\n  dialsip\n'), ['2:3 yaml-not-a-map'])
  t.same(errorsOf(t, '- a'), ['1:1 yaml-not-a-map'])
})

t.test('a file that cannot be read says why', async (t) => {
  const folder = t.testdir({})
  const reasons: [error: object, message: RegExp][] = [
    [{ code: 'ENOENT' }, /it does not exist$/],
    [{ code: 'EISDIR' }, /it is a directory$/],
    [{ code: 'EACCES' }, /this process may not$/],
    [new Error('disk on fire'), /cannot be read: disk on fire$/],
  ]
  for (const [error, message] of reasons) {
    const read = () => {
      throw error
    }
    const { errors } = loadConfig(`${folder}/dialsip.yaml`, { ...configSource({}, false), read })
    t.match(errors, [{ code: 'file-unreadable', message, place: { line: 1, column: 1 } }])
  }
})

t.test('included files are merged, each relative to its own folder', async (t) => {
  const config = configOf(t, 'include: [routes/*.yaml, more.yaml]', {
    'routes/a.yaml': 'endpoints: { a: { uri: sip:a@example.com } }\nnumbersFrom: ../numbers.csv',
    'routes/b.yaml': 'routes: [{ name: b, to: "+15550100002", dial: a }]\ninclude: ../more.yaml',
    'more.yaml': 'routes: [{ name: c, to: "+15550100003", dial: [a] }]',
    'numbers.csv': 'number,route\n+15550100004,b\n',
  })
  t.same([...config.routes.keys()], ['b', 'c'])
  t.same(decisionOf(config, '+15550100004'), ['a'])
  t.same(
    config.files.map((file) => file.replace(/^.*\//, '')),
    ['dialsip.yaml', 'a.yaml', 'b.yaml', 'more.yaml', 'numbers.csv'],
  )
})

t.test('an include of a wrong kind or of a broken file is an error', async (t) => {
  t.same(errorsOf(t, `${HEAD}include: { a: b }`), ['5:1 wrong-type'])
  t.same(errorsOf(t, `${HEAD}include: ""`), ['5:1 wrong-value'])
  t.same(errorsOf(t, `${HEAD}include: FOLDER/a.yaml`, { 'a.yaml': 'routes: {' }), ['a.yaml:1:10 yaml-syntax'])
})

t.test('a file outside of the folder is called by its path', async (t) => {
  const { errors } = loadFiles(t, `${HEAD}numbersFrom: /no/such/numbers.csv`)
  t.match(errors, [{ message: '/no/such/numbers.csv cannot be read: it does not exist' }])
})

/** The revision of a config in a folder: the same folder, so that the same text may name its files. */
function revisionIn(
  folder: string,
  main: string,
  more: Files = {},
  around: Partial<ConfigSource> = {},
): string {
  for (const [name, text] of Object.entries({ ...more, 'dialsip.yaml': main }))
    writeFileSync(`${folder}/${name}`, text.replaceAll('FOLDER', folder))
  const source = { ...configSource({ TOKEN: 'first-token' }, false), ...around }
  return loadConfig(`${folder}/dialsip.yaml`, source).config!.revision
}

t.test('the revision is of the files read, and of the values that come from outside', async (t) => {
  const yaml =
    'lists: { a: a.txt }\nroutes: [{ to: "+15550100001", rules: [{ if: { from: a }, reject: busy }] }]'
  const one = configOf(t, yaml, { 'a.txt': '+1900*' })
  t.match(one.revision, /^[0-9a-f]{12}-[0-9a-f]{6}$/)
  t.equal(configOf(t, yaml, { 'a.txt': '+1900*' }).revision, one.revision)
  t.not(filesRevision(configOf(t, yaml, { 'a.txt': '+1901*' }).revision), filesRevision(one.revision))
})

t.test('another secret gives another revision of the same files', async (t) => {
  const folder = t.testdir({})
  const yaml = `endpoints: { a: { uri: "sip:a@example.com", username: u, password: "\${file:FOLDER/p}" } }
routes: [{ to: "+15550100001", dial: a }]`
  const secret = (p: string) => revisionIn(folder, HEAD + yaml, { p })
  const [one, same, other] = [secret('long-enough-1'), secret('long-enough-1\n'), secret('long-enough-2')]
  t.equal(same, one)
  t.not(other, one)
  t.equal(filesRevision(other), filesRevision(one))
})

t.test('where a replica listens is not in its revision', async (t) => {
  const yaml = 'listen: "127.0.0.1:${PORT}"\nadmin: { listen: "127.0.0.1:${ADMIN}" }\nroutes: []\n'
  const folder = t.testdir({})
  const at = (PORT: string, ADMIN: string) =>
    revisionIn(folder, HEAD + yaml, {}, { variables: { TOKEN: 'first-token', PORT, ADMIN } })
  t.equal(at('8081', '9091'), at('8082', '9092'))
})

t.test('without the secrets, or sealed, the revision is of the files alone', async (t) => {
  const { config } = loadFiles(t, `${HEAD.replace('TOKEN', 'NOT_THERE')}routes: []`, {}, true)
  t.match(config!.revision, /^[0-9a-f]{12}$/)
  const folder = t.testdir({})
  const whole = revisionIn(folder, `${HEAD}routes: []`)
  t.equal(revisionIn(folder, `${HEAD}routes: []`, {}, { seal }), filesRevision(whole))
})

t.test('an account may have several tokens, from the environment and from files', async (t) => {
  const { config } = loadFiles(
    t,
    `publicUrl: https://voice.example.com
accounts: [{ sid: ${SID}, name: main, authTokens: ["\${TOKEN}", "\${file:FOLDER/token}"], enhancedSip: true }]`,
    { token: 'token-of-a-file\r\n' },
  )
  t.same(config!.accounts, [
    {
      sid: SID,
      name: 'main',
      authTokens: ['first-token', 'token-of-a-file'],
      sharedKeys: {},
      enhancedSip: true,
    },
  ])
  t.same(config!.secrets, ['first-token', 'token-of-a-file'])
})

t.test('a reference has a default, and a doubled dollar is a plain one', async (t) => {
  const texts: [written: string, text: string][] = [
    ['${NONE:-default}', 'default'],
    ['${NONE:-}', ''],
    ['${EMPTY:-x}', 'x'],
    ['${TOKEN:-x}-${NEXT}', 'first-token-next-token'],
    ['${NONE:-${NEXT}}', 'next-token'],
    ['${TOKEN:-${NONE}}', 'first-token'],
    ['a${NONE:-b${EMPTY:-${NEXT}}c}d}', 'abnext-tokencd}'],
    ['${NONE:-$${NEXT}}', '${NEXT}'],
    ['${NONE:-${file:FOLDER/secret}}', 'of-a-file'],
    ['$${TOKEN}', '${TOKEN}'],
    ['cost: $5', 'cost: $5'],
  ]
  for (const [written, text] of texts) {
    const routes = `routes: [{ to: "+15550100001", say: "say ${written}" }]`
    const config = configOf(t, routes, { secret: 'of-a-file\n' })
    t.match(
      config.routes.get('+15550100001')!.rules[0]!.actions.actions,
      [{ value: [`say ${text}`] }],
      written,
    )
  }
})

t.test('a template in a default keeps its braces', async (t) => {
  for (const [name, password] of [
    ['NONE', 'a{{b}}c'],
    ['TOKEN', 'first-token'],
  ]) {
    const yaml = `endpoints: { a: { uri: sip:a@b.example, username: u, password: "\${${name}:-a{{b}}c}" } }
routes: [{ to: "+15550100001", dial: a, otherwise: { hangup: } }]`
    t.equal(configOf(t, yaml).endpoints.get('a')!.attributes.password, password)
  }
})

t.test('thousands of references within each other are one error', async (t) => {
  const { errors } = loadFiles(t, `publicUrl: "${'${A:-'.repeat(10_000)}"`)
  const [{ message }] = errors.filter(({ code }) => code === 'secret-syntax') as [ConfigError]
  t.match(message, /^\$\{A:-.{75}… is not a reference$/)
})

t.test('an aliased text is filled once', async (t) => {
  const config = configOf(
    t,
    'actions: { a: &a [{ say: "$${TOKEN}" }], b: *a }\nroutes: [{ to: "+15550100001", action: [a, b] }]',
  )
  t.match(config.actions.get('b')!.actions, [{ value: ['${TOKEN}'] }])
})

t.test('the placeholder of a token may be shorter than a token', async (t) => {
  const codes = (token: string) => {
    const { errors } = loadFiles(t, `${HEAD}\nadmin: { tokens: "${token}" }`, {}, true)
    return errors.filter(({ level }) => level === 'error').map(({ code }) => code)
  }
  t.same(codes('${ADM}'), [])
  t.same(codes('changeme'), ['admin-token'])
})

t.test('placeholders replace missing secrets where no call is placed', async (t) => {
  const yaml = `publicUrl: "\${PUBLIC_URL}"
accounts: [{ sid: "\${ACCOUNT_SID}", authTokens: ["\${AUTH_TOKEN}", "\${file:/run/secrets/x}"] }]`
  t.same(loadFiles(t, yaml, {}, true).config!.accounts, [
    {
      sid: 'placeholder-account-sid',
      name: 'placeholder-account-sid',
      authTokens: ['placeholder-auth-token', 'placeholder--run-secrets-x'],
      sharedKeys: {},
      enhancedSip: false,
    },
  ])
  t.equal(loadFiles(t, yaml).config, undefined)
})

t.test('no secret shows in an error', async (t) => {
  const { errors, config } = loadFiles(
    t,
    `${HEAD}endpoints:
  a: { uri: "sip:jack:swordfish@exa mple.com" }
  b: { uri: "sip:b@example.com", password: correct-horse, headers: { X-Key: correct-horse } }
  c: { uri: "sip:jack:\${NONE}@example.com", username: first-token x, passwrod: correct-horse }
`,
  )
  t.equal(config, undefined)
  t.notMatch(printErrors(errors), /swordfish|correct-horse|first-token/)
  t.match(printErrors(errors), 'jack:${NONE}@')
})

t.test('defaults hold for every dial, the nearest one wins', async (t) => {
  const config = configOf(
    t,
    `endpoints: { a: { uri: sip:a@example.com }, b: { uri: sip:b@example.com } }
groups: { both: [{ endpoint: a, timeout: 7 }, sip:c@example.com] }
routes:
  - { name: plain, to: "+15550100001", dial: a, failoverOn: [busy, 503] }
  - { name: near, to: "+15550100002", timeLimit: 60, timeout: 10, dial: [a, { endpoint: b, timeout: 15 }] }
  - { name: group, to: "+15550100003", dial: [{ endpoint: both, timeout: 9, callerId: x }] }
`,
  )
  const attributes = (route: string) =>
    dialOf(config, route).entries.map((step) => 'hop' in step && step.hop.attributes)
  t.same(attributes('plain'), [{}])
  t.same(dialOf(config, 'plain').failoverOn, ['busy', '503'])
  t.same(attributes('near'), [
    { timeout: '10', timeLimit: '60' },
    { timeout: '15', timeLimit: '60' },
  ])
  t.same(attributes('group'), [{ timeout: '7' }, { timeout: '9' }])
})

t.test('a hop may override what its endpoint says', async (t) => {
  const { config, errors } = loadFiles(
    t,
    `${HEAD}endpoints:
  a: { uri: sip:a@example.com, statusCallback: https://example.com/a }
  c: { uri: sip:c@example.com }
routes:
  - name: main
    to: "+15550100001"
    region: de1
    statusCallbackEvent: [initiated, answered]
    dial:
      - { endpoint: a, statusCallback: https://example.com/b }
      - { uri: sip:b@example.com, headers: { X-A: "1" }, recordingStatusCallbackEvent: [completed, absent] }
      - { split: { c: 1, "sip:d@example.com": 2 }, by: caller }
      - { number: "+15550100002", sendDigits: "1", referMethod: GET }`,
  )
  t.same(new Set(errors.map(({ code }) => code)), new Set(['status-callback']))
  const { entries } = dialOf(config!, 'main')
  t.match(entries, [
    { hop: { endpoints: [{ attributes: { statusCallback: 'https://example.com/b' } }] } },
    { hop: { attributes: { recordingStatusCallbackEvent: 'completed absent' } } },
    { by: 'caller', choices: [{ weight: 1 }, { weight: 2, hops: [{ name: 'sip:d@example.com' }] }] },
    { hop: { endpoints: [{ number: '+15550100002', attributes: { sendDigits: '1' } }] } },
  ])
})

t.test('a screening is asked for in any of four ways', async (t) => {
  const screens: [written: string, screen: unknown][] = [
    ['true', { say: [/Press 1/], accept: '1', timeout: 5 }],
    ['{ accept: "12" }', { say: [/Press 1 2/], accept: '12' }],
    ['{ say: "A call", timeout: 9, voice: x }', { say: ['A call'], accept: undefined, timeout: 9 }],
    ['{ timeout: 3 }', { say: [/Press 1/], accept: '1' }],
    ['false', undefined],
    ['https://example.com/screen', undefined],
  ]
  for (const [written, screen] of screens) {
    const config = configOf(
      t,
      `routes: [{ name: a, to: "+15550100001", dial: sip:a@example.com, screen: ${written} }]`,
    )
    const [step] = dialOf(config, 'a').entries
    t.match(step, { hop: { screen } }, written)
    if (written.startsWith('https')) t.match(step, { hop: { endpoints: [{ attributes: { url: written } }] } })
  }
})

t.test('every verb has a short and a long form', async (t) => {
  const config = configOf(
    t,
    `routes:
  - { name: a, to: "+15550100001", say: Hello., play: https://example.com/a.mp3, record: true }
  - { name: b, to: "+15550100002", say: { text: Hello., loop: 2 }, play: { digits: "1" }, redirect: https://example.com/twiml }
  - { name: c, to: "+15550100003", record: { maxLength: 9 }, redirect: { url: https://example.com/twiml, method: GET } }
  - { name: d, to: "+15550100004", record: false, hangup: true }
  - { name: e, to: "+15550100005", dial: sip:a@example.com, record: record-from-answer, referUrl: true }
  - { name: f, to: "+15550100006", dial: sip:a@example.com, referUrl: https://example.com/refer }`,
  )
  const actions = (route: string) => config.routes.get(route)!.rules[0]!.actions.actions
  t.match(actions('a'), [
    { verb: 'say' },
    { verb: 'play', value: [/mp3/] },
    { verb: 'record', attributes: {} },
  ])
  t.match(actions('b'), [
    { attributes: { loop: '2' } },
    { attributes: { digits: '1' } },
    { verb: 'redirect' },
  ])
  t.match(actions('c'), [{ attributes: { maxLength: '9' } }, { attributes: { method: 'GET' } }])
  t.match(actions('d'), [{ verb: 'hangup' }])
  t.match(dialOf(config, 'e').entries, [
    { hop: { attributes: { record: 'record-from-answer' }, refer: true } },
  ])
  t.match(dialOf(config, 'f').entries, [{ hop: { attributes: { referUrl: /refer/ }, refer: false } }])
})

t.test('of several verbs that end a call all but one are errors', async (t) => {
  const codes = errorsOf(
    t,
    `${HEAD}routes: [{ to: "+15550100001", redirect: https://example.com, reject: busy, hangup: }]`,
  )
  t.same(codes, ['5:63 conflicting-keys', '5:77 conflicting-keys'])
})

t.test('what belongs to a SIP leg is an error without one', async (t) => {
  const yaml = `${HEAD}routes: [{ to: "+15550100001", say: hello, region: de1 }]`
  t.same(errorsOf(t, yaml), ['5:44 conflicting-keys'])
  for (const [dial, codes] of [
    ['{ uri: sip:a@example.com }', []],
    ['{ ring: [sip:a@example.com, sip:b@example.com] }', ['5:40 ring-enhanced']],
    ['{ number: "+15550100002" }', ['5:66 conflicting-keys']],
  ] as const)
    t.same(
      errorsOf(t, yaml.replace('say: hello', `dial: ${dial}, username: x`).replace(', region: de1', '')),
      codes,
    )
})

t.test('a ring needs no warning where every account is enhanced', async (t) => {
  const yaml = `${HEAD}routes: [{ to: "+15550100001", dial: { ring: [sip:a@example.com, { uri: sip:b@example.com }] } }]`
  t.same(errorsOf(t, yaml), ['5:40 ring-enhanced'])
  t.same(errorsOf(t, yaml.replace('sid:', 'enhancedSip: true, sid:')), [])
})

t.test('a pause before a dial does not answer the call', async (t) => {
  const codes = (before: string) => {
    const dial = 'dial: sip:a@example.com, answerOnBridge: true, otherwise: { reject: busy }'
    const yaml = `${HEAD}routes: [{ to: "+15550100001", action: [${before}, { ${dial} }] }]`
    return loadFiles(t, yaml).errors.map(({ code }) => code)
  }
  t.same(codes('{ pause: 2 }'), [])
  t.same(codes('{ pause: 2 }, { say: One moment. }'), ['answer-on-bridge'])
  t.same(codes('{ say: One moment. }, { pause: 2 }'), ['answer-on-bridge'])
})

t.test('lists hold patterns, files of them and anonymous callers', async (t) => {
  const config = configOf(
    t,
    `lists: { blocked: ["+1900*", lists/blocked.txt], hidden: anonymous }
routes:
  - to: "+15550100001"
    rules:
      - { name: listed, if: { from: [blocked, hidden] }, reject: busy }
      - { if: { not: { forwardedFrom: blocked, params: { CallerCity: [BERLIN, "HAM*"] } } }, reject: rejected }
      - say: Hello.`,
    { 'lists/blocked.txt': '# bad\r\n+15550199001\r\n\r\n+491805* # dear\r\n' },
  )
  t.same(decisionOf(config, '+15550100001', '+15550199001'), ['reject'])
  t.same(
    config.routes.get('+15550100001')!.rules.map(({ name }) => name),
    ['listed', '2', '3'],
  )
  const [condition] = config.routes.get('+15550100001')!.rules[0]!.conditions
  t.match(condition, { key: 'from', text: 'from blocked, hidden', set: { anonymous: true } })
})

t.test('a list that is broken is not reported again where it is used', async (t) => {
  const yaml = `${HEAD}lists: { a: { b: c } }
routes: [{ to: "+15550100001", rules: [{ if: { from: a }, reject: busy }] }]`
  t.same(errorsOf(t, yaml), ['5:10 wrong-type'])
})

t.test('a broken action, endpoint or schedule is not reported again where it is used', async (t) => {
  const yaml = `${HEAD}endpoints: { a: { uri: pbx } }
actions: { b: { say: [] } }
schedules: { c: { timezone: UTC } }
routes: [{ to: "+15550100001", rules: [{ if: { schedule: c }, dial: a, otherwise: b }] }]`
  t.same(errorsOf(t, yaml), ['5:24 sip-uri', '6:22 wrong-type', '7:14 missing-key'])
})

t.test('rules that need every condition of another differ from those that do not', async (t) => {
  const rules: [first: string, second: string, unreachable: boolean][] = [
    ['from: "+1*"', 'from: "+1900*"', true],
    ['from: "+1900*"', 'from: "+1*"', false],
    ['to: "+155501*"', 'to: ["+15550100", "+15550101*"]', true],
    ['to: "+15550100"', 'to: "+155501*"', false],
    ['to: "+1*"', 'from: "+1*"', false],
    ['fromCountry: [US, DE]', 'fromCountry: DE', true],
    ['fromCountry: US', 'from: "+1*"', false],
    ['schedule: a', 'schedule: a', true],
    ['attestation: [A, B]', 'attestation: [B, C]', false],
    ['sipDomain: a.sip.twilio.com', 'sipDomain: A.SIP.twilio.com', true],
    ['params: { X: [a, b] }', 'params: { X: b }', true],
    ['params: { X: a }', 'params: { Y: a }', false],
    ['params: { X: a }', 'from: "+1*"', false],
    ['not: { from: "+1900*" }', 'not: { from: "+1*" }', true],
    ['not: { from: "+1*" }', 'not: { from: "+1900*" }', false],
    ['not: { from: "+1*" }', 'from: "+1*"', false],
    ['forwardedFrom: "+1*"', 'from: "+1*"', false],
    ['from: "+1*"', 'from: none', false],
    ['from: none', 'from: none', false],
    ['from: ["+1*", anonymous]', 'from: anonymous', true],
    ['from: ["+1*", "+2001..+2009"]', 'from: "+2001..+2005"', true],
    ['from: "sip:*@a.example.com"', 'from: "sip:b@a.example.com"', true],
  ]
  for (const [first, second, unreachable] of rules) {
    const yaml = `${HEAD}schedules: { a: { timezone: UTC, open: daily 00:00-24:00 } }
lists: { none: [] }
routes: [{ to: "+15550100001", rules: [{ if: { ${first} }, reject: busy }, { if: { ${second} }, hangup: }, { if: { schedule: a, from: "+999*" }, hangup: }] }]`
    const codes = loadFiles(t, yaml).errors.map(({ code }) => code)
    t.equal(
      codes.includes('rule-unreachable'),
      unreachable || first.startsWith('schedule'),
      `${first} | ${second}`,
    )
  }
})

t.test('the public URL may have a path', async (t) => {
  const urls: [written: string, href: string, path: string][] = [
    ['https://voice.example.com', 'https://voice.example.com', ''],
    ['https://voice.example.com/', 'https://voice.example.com', ''],
    ['http://example.com:8080/twilio/', 'http://example.com:8080/twilio', '/twilio'],
    ['https://bücher.example/twilio', 'https://xn--bcher-kva.example/twilio', '/twilio'],
    ['https://Voice.example.com/twilio', 'https://Voice.example.com/twilio', '/twilio'],
  ]
  for (const [written, href, path] of urls) {
    const { config } = loadFiles(t, HEAD.replace('https://voice.example.com', written))
    t.match(config!.publicUrl, { href, path }, written)
  }
})

t.test('a public URL of another form has its help', async (t) => {
  const urls: [written: string, help: string][] = [
    ['voice.example.com', 'write https://voice.example.com'],
    ['ftp://example.com', 'write https://voice.example.com'],
    ['"http:///"', 'write https://voice.example.com'],
    ['https://jack:pw@example.com/a/', 'write https://example.com/a'],
  ]
  for (const [written, help] of urls) {
    const { errors } = loadFiles(t, HEAD.replace('https://voice.example.com', written))
    t.match(errors, [{ code: 'public-url', help }], written)
  }
})

t.test('listeners have a host and a port', async (t) => {
  const listens: [written: string, listen: object][] = [
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['"[::1]:8080"', { host: '::1', port: 8080 }],
    [':8080', { host: '0.0.0.0', port: 8080 }],
    ['localhost:9000', { host: 'localhost', port: 9000 }],
  ]
  for (const [written, listen] of listens) {
    const yaml = `listen: ${written}\nadmin: { listen: ${written}, tokens: "\${NEXT}-of-the-admin" }\nlogging: { level: warn }\nroutes: []`
    const config = configOf(t, yaml)
    t.match(
      config,
      { listen, admin: { listen, tokens: ['next-token-of-the-admin'] }, logLevel: 'warn' },
      written,
    )
  }
  t.match(configOf(t, 'logging: {}\nroutes: []'), {
    listen: { port: 8080 },
    admin: { listen: { port: 9090 } },
    logLevel: 'info',
  })
})

t.test('the default is to reject, unless there is one', async (t) => {
  t.match(configOf(t, 'routes: []').default, {
    id: '@@default',
    actions: [{ verb: 'reject', value: ['rejected'] }],
  })
  const config = configOf(t, 'actions: { sorry: { say: Sorry. } }\ndefault: sorry\nendpoints:\nroutes: []')
  t.match(config.default, { id: '@sorry', actions: [{ verb: 'say' }] })
})

t.test('sections and settings of a wrong kind are errors', async (t) => {
  const yaml =
    'publicUrl: []\naccounts: { sid: 1 }\nroutes: { a: b }\ntests: a\ngroups: []\nnumbersFrom: {}\nadmin: a\n'
  t.same(errorsOf(t, yaml), [
    '1:12 wrong-type',
    '2:1 missing-key',
    '3:1 wrong-type',
    '4:8 wrong-type',
    '5:9 wrong-type',
    '6:14 wrong-type',
    '7:8 wrong-type',
  ])
})

t.test('tests are checked for what can be known at load', async (t) => {
  const yaml = `${HEAD}routes: [{ name: a, to: "+15550100001", reject: busy }]
tests:
  - { call: { to: "+15550100001", at: 2026-11-20T10:00:00Z }, expect: { route: a, dials: [x] } }
  - { call: { to: "+15550100001" }, expect: { route: "" } }
  - { call: { to: "+15550100001", at: noon }, expect: { route: b } }
  - { call: { to: "+15550100001" }, expect: { roote: a } }
`
  t.same(errorsOf(t, yaml), [
    '7:91 unknown-endpoint',
    '9:39 instant-format',
    '9:64 unknown-route',
    '10:47 unknown-key',
  ])
})

t.test('a config can be cloned for another thread and decides the same', async (t) => {
  const config = configOf(
    t,
    `endpoints: { a: { uri: "sip:{{To.digits}}@example.com", headers: { X-From: "{{From}}" } } }
schedules: { office: { timezone: Europe/Berlin, open: mon-fri 09:00-18:00, closed: [2026-12-25] } }
lists: { blocked: ["+1900*", anonymous] }
routes:
  - to: ["+15550100001", "+1555020*", "+15550300001..+15550300009", "sip:*@acme.sip.twilio.com"]
    rules:
      - { if: { from: blocked }, reject: busy }
      - { if: { schedule: office }, dial: { split: { a: 1, "sip:b@example.com": 1 } }, screen: true }
      - say: Closed.`,
  )
  const clone = structuredClone(config)
  t.strictSame(clone, config)
  for (const to of ['+15550100001', '+15550200001', '+15550300005', 'sip:x@acme.sip.twilio.com', '+49301'])
    for (const from of ['+19005550100', '+15550100009', 'anonymous'])
      t.same(decisionOf(clone, to, from), decisionOf(config, to, from), `${to} ${from}`)
})

t.test('unknown keys hide no other error next to them', async (t) => {
  const yaml = `${HEAD}routes:
  - { to: "+15550100001", dail: x, reject: bussy, rules: [{ rejct: busy }, { hangup: soon }] }
  - { to: "+15550100002", dial: [{ uri: sip:a, timout: 5 }], otherwise: { redirct: x, say: [] } }
`
  t.same(errorsOf(t, yaml), [
    '6:27 unknown-key',
    '6:44 wrong-value',
    '6:61 unknown-key',
    '6:86 wrong-value',
    '7:48 unknown-key',
    '7:75 unknown-key',
    '7:92 wrong-type',
  ])
})

t.test('a word is suggested only if it is near', async (t) => {
  t.equal(suggest('regoin', ['uri', 'region']), 'region')
  t.equal(suggest('REGION', ['regions', 'region']), 'region')
  t.equal(suggest('dail', ['mail', 'dial']), 'dial')
  t.equal(suggest('D', ['A', 'B']), undefined)
  t.equal(suggest('elephant', ['region']), undefined)
  t.equal(suggest('x', []), undefined)
})

t.test('a message lists a dozen words at most', async (t) => {
  t.equal(someOf(['a', 'b']), 'one of a, b')
  t.equal(someOf([...'abcdefghijklm']), 'one of a, b, c, d, e, f, g, h, i, j, k, l, … (13 in all)')
})

t.test('errors are painted where colours are wanted', async (t) => {
  const { errors } = loadFiles(t, `${HEAD}routes: [{ to: "+15550100001" }, { name: a, reject: busy }]`)
  const printed = printErrors(errors, (style, text) => `<${style}>${text}</${style}>`)
  t.match(printed, '<red>error[missing-key]</red>')
  t.match(printed, '<yellow>warning[route-unclaimed]</yellow>')
  t.same(errors.map(levelOf), ['error', 'warning'])
})

t.test('names without letters, and routes without a name, are kept apart', async (t) => {
  const { errors } = loadFiles(
    t,
    `${HEAD}routes: [{ name: "!!", to: "+15550100001", hangup: }, { reject: busy }]`,
  )
  t.match(errors, [
    { code: 'name-syntax', help: 'write a-name' },
    { code: 'route-unclaimed', message: /^route route-2 / },
  ])
})

t.test('a national number finds no country in broken routes', async (t) => {
  for (const routes of ['routes: {}', 'routes: [x]', 'routes: [{ to: { a: b }, hangup: }]', ''])
    t.equal(errorsOf(t, `${HEAD}lists: { a: "0171 1234567" }\n${routes}`)[0], '5:14 number-format', routes)
})

t.test('a schedule far from every name is unknown', async (t) => {
  const yaml = `${HEAD}schedules: { a: { timezone: UTC, open: mon 09:00-10:00, closed: { schedule: office } } }`
  t.same(errorsOf(t, yaml), ['5:77 unknown-schedule', '5:14 unused-schedule'])
})

t.test('callers by SIP are followed into otherwise', async (t) => {
  const yaml = `${HEAD.replace('defaults', 'x-defaults')}routes:
  - { to: "sip:*@acme.sip.twilio.com", dial: sip:a@example.com, otherwise: { dial: { number: "+15550100001" } } }
`
  t.same(errorsOf(t, yaml), ['4:1 unknown-key', '6:78 no-otherwise', '6:78 caller-id-missing'])
})

t.test('errors are counted in words', async (t) => {
  const { errors } = loadFiles(t, `${HEAD}routes: [{ to: "+15550100001" }, { reject: busy }]`)
  t.equal(countErrors(errors), '1 error, 1 warning')
  t.equal(countErrors([]), '0 errors, 0 warnings')
})
