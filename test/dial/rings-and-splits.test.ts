import t from 'tap'
import { loadCase } from '../harness/golden-case.js'

const ENDPOINTS = `
endpoints: { a: { uri: "sip:a@one.example.com", region: de1 }, b: { uri: "sip:b@two.example.com" } }
groups: { some: [a, { number: "+4930111111" }, sip:c@three.example.com], shares: [{ split: { a: 1, b: 1 } }] }
`

function load(dial: string) {
  const text = `${ENDPOINTS}
routes: [{ name: r, to: "+4930123456", dial: ${dial}, otherwise: { hangup: true } }]
actions: {}
`
  return loadCase({ files: { 'dialsip.yaml': text }, calls: [], expected: '', given: '' })
}

function errorsOf(dial: string): string[] {
  return load(dial)
    .errors.filter(({ level }) => level === 'error')
    .map(({ message, help }) => `${message}: ${help}`)
}

function warningsOf(dial: string): string[] {
  return load(dial)
    .errors.filter(({ code }) => code === 'hop-twice' || code === 'ring-enhanced')
    .map(({ code, found = '' }) => `${code} ${found}`.trim())
}

t.test('a delayed ring repeats nobody', async (t) => {
  const late = 'failoverOn: [unreachable, noAnswer]'
  const numbers = '{ number: "+4930111112" }, { number: "+4930111113" }'
  const cases: [dial: string, ...warnings: string[]][] = [
    [`[a, { ring: [a, b] }], ${late}`, 'ring-enhanced'],
    ['[a, { ring: [a, b] }], failoverOn: ["487"]', 'ring-enhanced'],
    [`[a, b, { ring: [a, b] }], ${late}`, 'ring-enhanced'],
    [`[{ ring: [a, b] }, { ring: [b, some, a] }], ${late}`, 'ring-enhanced', 'ring-enhanced', 'hop-twice a'],
    ['[a, { ring: [a, b] }]', 'ring-enhanced', 'hop-twice a'],
    [`[{ ring: [a, b] }, a], ${late}`, 'ring-enhanced', 'hop-twice a'],
    [`[a, { ring: [b, a, a] }], ${late}`, 'ring-enhanced', 'hop-twice a'],
    [
      `[{ ring: [a, b] }, { ring: [b, sip:c@example.com] }], ${late}`,
      'ring-enhanced',
      'ring-enhanced',
      'hop-twice b',
    ],
    [`[a, a], ${late}`, 'hop-twice a'],
    [`[{ ring: [${numbers}] }, { ring: [${numbers}, a] }], ${late}`, 'ring-enhanced'],
  ]
  for (const [dial, ...warnings] of cases) t.strictSame(warningsOf(dial).sort(), warnings.sort(), dial)
})

t.test('numbers alone ring at once on every account', async (t) => {
  const [one, two] = ['{ number: "+4930111112" }', '{ number: "+4930111113" }']
  t.strictSame(warningsOf(`{ ring: [${one}, ${two}] }`), [])
  t.strictSame(warningsOf(`{ ring: [${one}, ${two}, b] }`), ['ring-enhanced'])
})

t.test('a key that does nothing next to a hop is an error', async (t) => {
  const atEndpoint = (key: string) => `write ${key} at the endpoint that it is meant for`
  const cases: [dial: string, ...errors: string[]][] = [
    ['{ endpoint: a, region: ie1 }', `region has no effect next to endpoint: ${atEndpoint('region')}`],
    [
      '{ endpoint: a, sendDigits: "1" }',
      'sendDigits has no effect next to endpoint: write sendDigits next to a number',
    ],
    [
      '{ number: "+4930222222", username: u }',
      `username has no effect next to number: ${atEndpoint('username')}`,
    ],
    ['{ ring: [a, b], headers: { X-A: b } }', `headers has no effect next to ring: ${atEndpoint('headers')}`],
    ['{ split: { a: 1, b: 1 }, edge: dublin }', `edge has no effect next to split: ${atEndpoint('edge')}`],
  ]
  for (const [dial, ...errors] of cases) t.same(errorsOf(dial), errors, dial)
})

t.test('a bare URI takes what is next to its ring or split', async (t) => {
  t.same(errorsOf('{ ring: [a, "sip:x@y.example.com"], region: ie1, username: u }'), [])
  t.same(errorsOf('{ split: { a: 1, "sip:x@y.example.com": 1 }, region: ie1, by: caller }'), [])
})

t.test('what is next to a group holds for the members that it suits', async (t) => {
  const { config } = load('{ endpoint: some, timeout: 9, username: u }')
  const steps = config!.routes
    .get('r')!
    .rules[0]!.actions.actions.flatMap((action) => ('entries' in action ? action.entries : []))
  const hops = steps.flatMap((step) => ('hop' in step ? step.hop : []))
  t.same(
    hops.map(({ attributes, endpoints }) => [attributes.timeout, endpoints[0]!.attributes.username]),
    [
      ['9', 'u'],
      ['9', undefined],
      ['9', 'u'],
    ],
  )
})

t.test('a split within a ring or a split is an error', async (t) => {
  const help = 'name the endpoints themselves here'
  t.same(errorsOf('{ ring: [a, shares] }'), [`a group with a split cannot be in ring: ${help}`])
  t.same(errorsOf('{ split: { shares: 1, b: 2 } }'), [`a group with a split cannot be in split: ${help}`])
})
