import t from 'tap'
import { loadCase } from './golden-case.js'

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

function faultsOf(dial: string): string[] {
  return load(dial)
    .faults.filter(({ level }) => level === 'fault')
    .map(({ message, cure }) => `${message}: ${cure}`)
}

t.test('a key that does nothing beside a hop is a fault', async (t) => {
  const atEndpoint = (key: string) => `write ${key} at the endpoint that it is meant for`
  const cases: [dial: string, ...faults: string[]][] = [
    ['{ endpoint: a, region: ie1 }', `region has no effect beside endpoint: ${atEndpoint('region')}`],
    [
      '{ endpoint: a, sendDigits: "1" }',
      'sendDigits has no effect beside endpoint: write sendDigits beside a number',
    ],
    [
      '{ number: "+4930222222", username: u }',
      `username has no effect beside number: ${atEndpoint('username')}`,
    ],
    ['{ ring: [a, b], headers: { X-A: b } }', `headers has no effect beside ring: ${atEndpoint('headers')}`],
    ['{ split: { a: 1, b: 1 }, edge: dublin }', `edge has no effect beside split: ${atEndpoint('edge')}`],
  ]
  for (const [dial, ...faults] of cases) t.same(faultsOf(dial), faults, dial)
})

t.test('a bare URI takes what stands beside its ring or split', async (t) => {
  t.same(faultsOf('{ ring: [a, "sip:x@y.example.com"], region: ie1, username: u }'), [])
  t.same(faultsOf('{ split: { a: 1, "sip:x@y.example.com": 1 }, region: ie1, by: caller }'), [])
})

t.test('what stands beside a group holds for the members that it suits', async (t) => {
  const { config } = load('{ endpoint: some, timeout: 9, username: u }')
  const steps = config!.routes
    .get('r')!
    .rules[0]!.actions.actions.flatMap((action) => (action.verb === 'dial' ? action.steps : []))
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

t.test('a split within a ring or a split is a fault', async (t) => {
  const cure = 'name the endpoints themselves here'
  t.same(faultsOf('{ ring: [a, shares] }'), [`a group with a split cannot stand within ring: ${cure}`])
  t.same(faultsOf('{ split: { shares: 1, b: 2 } }'), [
    `a group with a split cannot stand within split: ${cure}`,
  ])
})
