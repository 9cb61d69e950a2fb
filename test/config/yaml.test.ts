import { writeFileSync } from 'node:fs'
import t from 'tap'
import { configSource } from '../../bin/config-file.js'
import { loadConfig } from '../../src/config/load.js'
import { configOf, decisionOf, dialOf, errorsOf, HEAD, loadFiles } from '../harness/load-files.js'

t.test('a byte order mark and CRLF move no place', async (t) => {
  const text = `${HEAD}routes:\n  - { to: "+15550100001", reject: occupied }\n`
  t.same(errorsOf(t, text), ['6:35 wrong-value'])
  t.same(errorsOf(t, `\uFEFF${text}`), ['6:35 wrong-value'])
  const { errors } = loadFiles(t, text.replaceAll('\n', '\r\n'))
  t.match(errors, [{ place: { line: 6, column: 35, length: 8, text: /}$/ } }])
})

t.test('a file that is not UTF-8 is unreadable', async (t) => {
  const folder = t.testdir({})
  writeFileSync(`${folder}/dialsip.yaml`, Buffer.from('actions: { a: { say: Gr\xfc\xdfe } }', 'latin1'))
  const { config, errors } = loadConfig(`${folder}/dialsip.yaml`, configSource({}, false))
  t.equal(config, undefined)
  t.match(errors, [
    {
      code: 'file-unreadable',
      message: /dialsip\.yaml cannot be read: it is not UTF-8$/,
      help: 'save it as UTF-8',
    },
  ])
})

t.test('what is not YAML is an error with its place', async (t) => {
  const texts: [yaml: string, error: string][] = [
    ['a: "b', '1:6 yaml-syntax'],
    ["a: 'b", '1:6 yaml-syntax'],
    ['a: "\\q"', '1:6 yaml-syntax'],
    ['a: [b', '1:6 yaml-syntax'],
    ['a: b\n\tc: d', '2:1 yaml-tab'],
    ['a: \u0007', '1:4 yaml-syntax'],
    ['a: b\n---\nc: d', '2:1 yaml-syntax'],
    ['a: b\na: c\nb: *c', '2:1 yaml-duplicate-key'],
    ['a: &a [*a, *a]', '1:8 yaml-alias-limit'],
    ['%YAML 2.0\n---\na: b', '2:1 yaml-syntax'],
  ]
  for (const [yaml, error] of texts) t.same(errorsOf(t, yaml), [error], yaml)
})

t.test('every duplicate key is reported at once', async (t) => {
  t.same(errorsOf(t, 'a: 1\nb: { c: 1, c: 2 }\na: 2\n? *x\n: 1\n'), [
    '2:12 yaml-duplicate-key',
    '3:1 yaml-duplicate-key',
  ])
})

t.test('a phone number keeps its plus sign, quoted or not', async (t) => {
  const config = configOf(t, 'routes: [{ to: +15550100001, dial: { number: +15550100002 } }]')
  t.same(decisionOf(config, '+15550100001'), ['+15550100002'])
})

t.test('anchors and merge keys give what they name', async (t) => {
  const config = configOf(
    t,
    `endpoints:
  a: &a { uri: sip:a@example.com, region: de1, username: x }
  b: { <<: *a, uri: sip:b@example.com }
  c: { <<: [*a, { maxCalls: "3" }], uri: sip:c@example.com }
groups: { all: &all [a, b, c] }
routes: [{ to: "+15550100001", dial: all }, { to: "+15550100002", dial: *all }]`,
  )
  t.equal(config.endpoints.get('b')!.uri!.written.afterUser, '@example.com;region=de1')
  t.equal(config.endpoints.get('c')!.maxCalls, 3)
  t.same(decisionOf(config, '+15550100002'), decisionOf(config, '+15550100001'))
})

t.test('an error in a merged map is placed where the map is', async (t) => {
  const yaml = `${HEAD}endpoints:
  a: &a { uri: sip:a@example.com, maxCalls: many }
  b: { <<: *a }
  c: { <<: [{ region: de1 }, { maxCalls: 0 }], uri: sip:c@example.com }
  d: { maxCalls: none, <<: [] }
`
  t.same(errorsOf(t, yaml).slice(0, 5), [
    '6:45 wrong-type',
    '6:45 wrong-type',
    '8:42 out-of-range',
    '9:3 missing-key',
    '9:18 wrong-type',
  ])
})

t.test('flow YAML may look like JSON', async (t) => {
  const json = { routes: [{ name: 'main', to: ['+15550100001'], rules: [{ reject: 'busy' }] }] }
  const config = configOf(t, JSON.stringify(json).slice(1, -1).replace('"routes":', 'routes: '))
  t.same(decisionOf(config, '+15550100001'), ['reject'])
})

t.test('booleans have the three spellings of YAML 1.2', async (t) => {
  const config = configOf(
    t,
    `routes:
  - { name: a, to: "+15550100001", dial: sip:a@example.com, answerOnBridge: True, record: TRUE, referUrl: True, screen: TRUE }
  - { name: b, to: "+15550100002", dial: sip:a@example.com, hangupOnStar: FALSE, record: False, screen: False, otherwise: { hangup: TRUE } }
  - { name: c, to: "+15550100003", say: Hello., record: True }
  - { name: d, to: "+15550100004", record: FALSE, hangup: True }`,
  )
  t.match(dialOf(config, 'a').entries, [
    { hop: { attributes: { answerOnBridge: 'true', record: 'true' }, refer: true, screen: { accept: '1' } } },
  ])
  t.match(dialOf(config, 'b'), {
    entries: [{ hop: { attributes: { hangupOnStar: 'false', record: 'false' }, screen: undefined } }],
    otherwise: { actions: [{ verb: 'hangup' }] },
  })
  const actions = (route: string) => config.routes.get(route)!.rules[0]!.actions.actions
  t.match(actions('c'), [{ verb: 'say' }, { verb: 'record' }])
  t.match(actions('d'), [{ verb: 'hangup' }])
  const route = `routes: [{ to: "+15550100001", dial: sip:a@example.com, hangupOnStar: tRUE, answerOnBridge: yes }]`
  t.same(errorsOf(t, HEAD + route), ['5:71 wrong-type', '5:93 wrong-type'])
})
