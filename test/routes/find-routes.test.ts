import t from 'tap'
import type { RoutePlaces } from '../../src/config/route-places.js'
import type { Config } from '../../src/model/config.js'
import { configOf } from '../harness/build.js'
import { replica } from '../harness/replica.js'

const CONFIG = `
endpoints:
  frankfurt: { uri: "sip:{{To}}@fra.example.com", username: twilio, password: hush-hush-fra }
  dublin: { uri: "sip:{{To}}@dub.example.com" }
schedules: { office: { timezone: Europe/Berlin, open: [mon-fri 09:00-18:00] } }
rules: [{ name: blocked, if: { from: "+1900*" }, reject: busy }]
actions: { voicemail: { say: Leave a message, record: { maxLength: 60 } } }
routes:
  - name: berlin
    to: ["+4930123456", "+493099*", "+4930770100..+4930770199"]
    rules:
      - { if: { from: anonymous }, reject: busy }
      - { name: open, if: { schedule: office }, dial: [frankfurt, dublin], otherwise: voicemail }
      - { say: We are closed }
  - { name: sales, to: "+15551230001", dial: { split: { frankfurt: 80, dublin: 20 }, by: caller }, otherwise: voicemail }
  - { name: sip, to: ["sip:*@acme.sip.twilio.com", "sip:jack@acme.sip.twilio.com"], dial: { ring: [frankfurt, dublin] } }
`

async function found(query: string, config: Config | string = CONFIG) {
  const { api } = replica(typeof config === 'string' ? configOf(config) : config)
  return (await api(`/api/routes${query}`)).json()
}

async function namesFound(query: string, config?: Config | string): Promise<string[]> {
  return (await found(query, config)).routes.map(({ name }: { name: string }) => name)
}

t.test('a route is shown with its rules, what they dial and what follows', async (t) => {
  const { routes, lists, configRules, default: byDefault, schedules, total } = await found('?route=berlin')
  t.equal(total, 1)
  t.same(routes, [
    {
      name: 'berlin',
      claims: 3,
      patterns: ['+4930123456', '+4930770100..+4930770199', '+493099*'],
      rules: [
        { rule: '1', conditions: ['from anonymous'], schedules: [], fits: 'depends', list: 'berlin/1' },
        {
          rule: 'open',
          conditions: ['schedule office'],
          schedules: ['office'],
          fits: 'yes',
          list: 'berlin/open',
        },
        { rule: '3', conditions: [], schedules: [], fits: 'yes', list: 'berlin/3' },
      ],
    },
  ])
  t.same(configRules, [
    { rule: 'blocked', conditions: ['from +1900*'], schedules: [], fits: 'depends', list: '@@rules/blocked' },
  ])
  const byId = Object.fromEntries(lists.map((list: { id: string }) => [list.id, list]))
  t.same(byId['berlin/open'], {
    id: 'berlin/open',
    says: 'dial frankfurt, then dublin; otherwise say, record',
    actions: [{ verb: 'dial', says: 'dial frankfurt, then dublin; otherwise say, record' }],
    dial: {
      hops: [
        { name: 'frankfurt', endpoints: ['frankfurt'] },
        { name: 'dublin', endpoints: ['dublin'] },
      ],
      failoverOn: ['unreachable', 'serverError', 'rejected'],
      otherwise: '@voicemail',
    },
  })
  t.same(
    byId['@voicemail'].actions.map(({ verb }: { verb: string }) => verb),
    ['say', 'record'],
  )
  t.equal(byId[byDefault].says, 'reject: rejected')
  t.match(schedules, [{ schedule: 'office', open: true, says: /^open \(mon-fri/ }])
})

t.test('a split shows the share of each hop, a ring its endpoints', async (t) => {
  const { lists } = await found('?search=sales')
  t.match(lists.find(({ id }: { id: string }) => id === 'sales').dial.hops, [
    { name: 'frankfurt', split: { by: 'caller', choice: 'frankfurt', weight: 80, step: 0 } },
    { name: 'dublin', split: { by: 'caller', choice: 'dublin', weight: 20, step: 0 } },
  ])
  const ring = (await found('?route=sip')).lists.find(({ id }: { id: string }) => id === 'sip')
  t.same(ring.dial.hops, [{ name: 'frankfurt|dublin', endpoints: ['frankfurt', 'dublin'] }])
})

t.test('a called number finds the route that takes it, or those that come near', async (t) => {
  const { routes, number } = await found('?to=%2B4930991234')
  t.same([routes[0].name, number.claim, number.wild], ['berlin', '+493099*', '1234'])
  const near = await found('?to=%2B4930123457')
  t.same([near.total, near.routes], [0, []])
  t.equal(near.number.nearMisses[0].route, 'berlin')
  t.same(await namesFound('?to=sip:jill@acme.sip.twilio.com'), ['sip'])
  t.same(await namesFound('?to=%2B4930991234&route=sales'), [])
})

t.test('routes are found by a part of what the config says of them', async (t) => {
  const cases: [query: string, names: string[]][] = [
    ['', ['berlin', 'sales', 'sip']],
    ['?search=BERL', ['berlin']],
    ['?search=%20schedule office', ['berlin']],
    ['?search=0123', ['berlin']],
    ['?search=5551230', ['sales']],
    ['?search=770100', ['berlin']],
    ['?search=acme.sip', ['sip']],
    ['?search=jack@', ['sip']],
    ['?search=we are closed', ['berlin']],
    ['?search=nothing of it', []],
    ['?search=hush-hush-fra', []],
    ['?endpoint=dublin', ['berlin', 'sales', 'sip']],
    ['?endpoint=frankfurt|dublin', ['sip']],
    ['?endpoint=dublin&search=sales', ['sales']],
    ['?endpoint=paris', []],
    ['?route=paris', []],
  ]
  for (const [query, names] of cases) t.same(await namesFound(query), names, query)
})

t.test('routes come some at a time', async (t) => {
  t.same(await namesFound('?limit=1&offset=1'), ['sales'])
  t.same(await namesFound('?offset=3'), [])
  t.match(await found('?limit=1'), { total: 3 })
  t.match(await found('?limit=101'), { error: /limit: expected a whole number from 0 to 100/ })
})

t.test('what an operator has set opens and closes a schedule', async (t) => {
  const { api, service, clock } = replica(configOf(CONFIG))
  service.overrides.set({
    kind: 'schedule',
    name: 'office',
    to: 'closed',
    until: clock.now + 1000,
    author: 'anna',
    note: 'outing',
    since: clock.now,
  })
  const { schedules } = (await api('/api/routes')).json()
  t.match(schedules, [{ schedule: 'office', open: false, says: /^set closed until .* by anna: outing$/ }])
})

t.test('a rule says whether a call of now fits it, as far as time and number say', async (t) => {
  const config = configOf(`
schedules:
  open: { timezone: UTC, open: [mon-sun 00:00-24:00] }
  shut: { timezone: UTC, open: [mon 03:00-04:00] }
routes:
  - name: main
    to: ["+15551230001", "+15551230002"]
    rules:
      - { name: shut, if: { schedule: shut }, say: a }
      - { name: not-shut, if: { not: { schedule: shut }, from: "+1900*" }, say: b }
      - { name: caller, if: { schedule: shut, from: "+1900*" }, say: c }
      - { name: not-both, if: { not: { schedule: shut, from: "+1900*" } }, say: c }
      - { name: first, if: { to: "+15551230001" }, say: d }
      - { name: open, if: { schedule: [shut, open] }, say: e }
`)
  const verdicts = async (query: string) =>
    (await found(query, config)).routes[0].rules.map(({ fits }: { fits: string }) => fits)
  t.same(await verdicts('?route=main'), ['no', 'depends', 'no', 'depends', 'depends', 'yes'])
  t.same(await verdicts('?to=%2B15551230001'), ['no', 'depends', 'no', 'depends', 'yes', 'yes'])
  t.same(await verdicts('?to=%2B15551230002'), ['no', 'depends', 'no', 'depends', 'no', 'yes'])
})

t.test('a route that an operator has set says to what', async (t) => {
  const { api, service, clock } = replica(configOf(CONFIG))
  const override = {
    kind: 'route',
    until: clock.now + 1000,
    author: 'anna',
    note: 'move',
    since: clock.now,
  } as const
  service.overrides.set({ ...override, name: 'berlin', to: 'voicemail' })
  service.overrides.set({ ...override, name: 'sales', to: 'no longer there' })
  const { routes, lists } = (await api('/api/routes?limit=2')).json()
  t.match(routes[0].override, { list: '@voicemail', says: /^set voicemail until .* by anna: move$/ })
  t.ok(lists.some(({ id }: { id: string }) => id === '@voicemail'))
  t.equal(routes[1].override, undefined)
})

t.test('the endpoints that the routes may ring have their state', async (t) => {
  const { api, service } = replica(
    configOf(`${CONFIG}
  - { name: uri, to: "+15551230009", dial: "sip:jack@example.com", otherwise: voicemail }`),
  )
  service.health.drain('frankfurt', 'maintenance')
  const { endpoints } = (await api('/api/routes?route=berlin')).json()
  t.match(endpoints, [
    { name: 'frankfurt', state: 'drained', reason: 'maintenance', calls: 0 },
    { name: 'dublin', state: 'up' },
  ])
  t.same((await api('/api/routes?route=uri')).json().endpoints, [])
})

t.test('long lists are cut, with the number of the rest', async (t) => {
  const from = Array.from({ length: 100 }, (_, at) => `+1555765${1000 + at}`)
  const config = configOf(`
endpoints: { ${Array.from({ length: 120 }, (_, at) => `e${at}: { uri: "sip:e${at}.example.com" }`).join(', ')} }
routes:
  - { name: many, to: "+15551230001", dial: [${Array.from({ length: 120 }, (_, at) => `e${at}`)}] }
  - name: long
    to: "+15551230002"
    rules: [${from.map((one) => `{ if: { from: "${one}" }, reject: busy }`).join(', ')},
      ${from.map((one) => `{ if: { from: "${one}", schedule: s }, say: bye }`).join(', ')}, { if: { from: ${JSON.stringify(from)} }, say: hello }]
schedules: { s: { timezone: UTC, open: always } }
`)
  const { lists, routes } = await found('', config)
  const { dial, says } = lists.find(({ id }: { id: string }) => id === 'many')
  t.same([dial.hops.length, dial.more, says.length], [100, 20, 301])
  t.same([routes[1].rules.length, routes[1].more], [200, 1])
})

t.test('routes, rules and actions have their lines where these are known', async (t) => {
  const places: RoutePlaces = {
    files: ['dialsip.yaml', 'routes/sales.yaml'],
    starts: Int32Array.of(0, 5, 7),
    numbers: Int32Array.of(0, 8, 11, 12, 13, 1, 3),
    configRules: ['dialsip.yaml:5'],
    actions: new Map([['voicemail', 'dialsip.yaml:6']]),
  }
  const { api } = replica(configOf(CONFIG), {}, false, { placesOf: async () => places })
  const { routes, configRules, lists } = (await api('/api/routes')).json()
  const [berlin, sales, sip] = routes
  t.same([berlin.place, sales.place, sip.place], ['dialsip.yaml:8', 'routes/sales.yaml:3', undefined])
  t.same(
    berlin.rules.map(({ place }: { place: string }) => place),
    ['dialsip.yaml:11', 'dialsip.yaml:12', 'dialsip.yaml:13'],
  )
  t.equal(configRules[0].place, 'dialsip.yaml:5')
  t.equal(lists.find(({ id }: { id: string }) => id === '@voicemail').place, 'dialsip.yaml:6')
})

t.test('a search among 100,000 routes lets other work go on meanwhile', async (t) => {
  const small = configOf(
    'endpoints: { e: { uri: "sip:e.example.com" } }\nroutes: [{ name: r, to: "+15551230001", dial: e }]\n',
  )
  const names = Array.from({ length: 100_000 }, (_, at) => `r${at}`)
  const { rules } = small.routes.get('r')!
  const config: Config = {
    ...small,
    routes: new Map(names.map((name) => [name, { name, accounts: undefined, rules }])),
    numbers: {
      ...small.numbers,
      owners: names.map((route) => ({ route, values: undefined })),
      exact: new Map(names.map((_, at) => [15551000000 + at, at])),
    },
  }
  const { api, admin } = replica(config)
  t.equal((await api('/api/routes?limit=1')).json().total, 100_000)
  let turns = 0
  const timer = setInterval(() => {
    turns += 1
  }, 1)
  const found = (await api('/api/routes?search=1099999')).json()
  clearInterval(timer)
  t.same([found.total, found.routes[0].name], [1, 'r99999'])
  t.ok(turns >= 3, `other work had ${turns} turns meanwhile`)
  await admin.close()
})
