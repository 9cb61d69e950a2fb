import t from 'tap'
import type { Override } from '../../src/model/state.js'
import { configOf } from '../harness/build.js'
import { NOW, replica } from '../harness/replica.js'

const CONFIG = `
endpoints:
  frankfurt: { uri: "sip:{{To}}@fra.example.com" }
  dublin: { uri: "sip:{{To}}@dub.example.com" }
schedules:
  office:
    timezone: Europe/Berlin
    open: [mon-fri 09:00-18:00, 2026-12-23 10:00-12:00]
    closed: [2026-12-25, 2026-12-26..2027-01-01]
  night: { timezone: America/New_York, open: [daily 20:00-24:00] }
actions: { voicemail: { say: Leave a message, record: { maxLength: 60 } } }
routes:
  - name: berlin
    to: "+4930123456"
    rules:
      - { if: { from: anonymous }, reject: busy }
      - { name: open, if: { schedule: office }, dial: [frankfurt, dublin], otherwise: voicemail }
      - { say: We are closed }
  - name: night
    to: "+15551230001"
    rules: [{ if: { not: { schedule: [night, office] } }, dial: dublin }, { reject: busy }]
  - { name: always, to: "+15551230002", dial: frankfurt }
`

interface Span {
  readonly from: string
  readonly until: string
  readonly call: { readonly rule: string; readonly says: string; readonly hops: string[] }
  readonly schedules: readonly Record<string, unknown>[]
  readonly override?: string
}

interface Shown {
  readonly error?: string
  readonly timezone: string
  readonly schedulesTimezone?: string
  readonly spans: readonly Span[]
}

async function calendar(query: string, set: readonly Override[] = [], yaml = CONFIG): Promise<Shown> {
  const { api, service } = replica(configOf(yaml))
  for (const override of set) service.overrides.set(override)
  return (await api(`/api/calendar?${query}`)).json()
}

const inShort = ({ spans }: Shown) =>
  spans.map(({ from, call }) => `${from.slice(5, 16)} ${call.rule} ${call.says}`)

t.test('a week says who rings when, by the clock of the schedule', async (t) => {
  const week = await calendar('to=%2B4930123456&from=%2B491701234567&week=2026-12-24')
  t.match(week, {
    timezone: 'Europe/Berlin',
    now: '2026-11-20T11:00:00+01:00',
    from: '2026-12-21T00:00:00+01:00',
    until: '2026-12-28T00:00:00+01:00',
    nextChange: { at: '2026-11-20T18:00:00+01:00', schedule: 'office', open: false },
    more: false,
  })
  t.same(inShort(week), [
    '12-21T00:00 3 say "We are closed"',
    '12-21T09:00 open dial frankfurt, then dublin',
    '12-21T18:00 3 say "We are closed"',
    '12-22T09:00 open dial frankfurt, then dublin',
    '12-22T18:00 3 say "We are closed"',
    '12-23T00:00 3 say "We are closed"',
    '12-23T10:00 open dial frankfurt, then dublin',
    '12-23T12:00 3 say "We are closed"',
    '12-24T00:00 3 say "We are closed"',
    '12-24T09:00 open dial frankfurt, then dublin',
    '12-24T18:00 3 say "We are closed"',
    '12-25T00:00 3 say "We are closed"',
    '12-26T00:00 3 say "We are closed"',
  ])
  t.same(week.spans[6], {
    from: '2026-12-23T10:00:00+01:00',
    until: '2026-12-23T12:00:00+01:00',
    call: {
      route: 'berlin',
      rule: 'open',
      reason: 'route berlin by +4930123456, rule open',
      says: 'dial frankfurt, then dublin',
      hops: ['frankfurt', 'dublin'],
      otherwise: 'say: Leave a message; record',
    },
    schedules: [
      {
        schedule: 'office',
        open: true,
        because: '2026-12-23 10:00-12:00',
        special: true,
        overridden: false,
      },
    ],
  })
  t.match(
    week.spans.map(({ schedules }) => schedules[0]!.special),
    [...Array(5).fill(false), true, true, true, false, false, false, true, true],
  )
  t.match(week.spans.at(-1)!.schedules, [{ because: 'closed 2026-12-26..2027-01-01' }])
})

t.test('what operators have set is in it until its end', async (t) => {
  const until = Date.parse('2026-11-20T15:00:00+01:00')
  const about = { until, author: 'anna', note: 'outing', since: NOW }
  const closed = { kind: 'schedule', name: 'office', to: 'closed', ...about } as const
  const other = { ...closed, name: 'night', until: until - 60_000 }
  const { spans } = await calendar('to=%2B4930123456&from=%2B491701234567', [closed, other])
  const at = spans.findIndex(({ schedules }) => schedules[0]!.overridden) + 1
  t.match(spans[at - 1], {
    from: '2026-11-20T11:00:00+01:00',
    until: '2026-11-20T15:00:00+01:00',
    schedules: [{ open: false, overridden: true, because: /by anna: outing$/ }],
  })
  t.match(spans[at], { from: '2026-11-20T15:00:00+01:00', call: { rule: 'open' } })
  const away = { kind: 'route', name: 'always', to: 'voicemail', ...about } as const
  const set = await calendar('to=%2B15551230002', [away])
  t.same(
    set.spans.map(({ call, override }) => [call.says, override !== undefined]),
    [
      ['dial frankfurt', false],
      ['say "Leave a message"; record', true],
      ['dial frankfurt', false],
    ],
  )
})

t.test(
  'a number that no schedule is asked for has one span, and one that nothing claims the default',
  async (t) => {
    const always = await calendar('to=%2B15551230002')
    t.same([always.timezone, always.spans.length], ['UTC', 1])
    const none = await calendar('to=%2B15551239999')
    t.same(
      none.spans.map(({ call }) => call.says),
      ['reject rejected'],
    )
  },
)

t.test('schedules of two zones are shown in UTC, or in the zone that is asked for', async (t) => {
  const utc = await calendar('to=%2B15551230001&week=2026-11-21')
  t.same(inShort(utc).slice(0, 4), [
    '11-16T00:00 1 dial dublin',
    '11-16T01:00 2 reject busy',
    '11-16T05:00 1 dial dublin',
    '11-16T08:00 2 reject busy',
  ])
  const there = await calendar('to=%2B15551230001&week=2026-11-21&timezone=america/new_york')
  t.match(there, { timezone: 'America/New_York', from: '2026-11-16T00:00:00-05:00' })
  t.equal(there.schedulesTimezone, undefined)
  const mine = await calendar('to=%2B4930123456&timezone=america/new_york')
  t.match(mine, { timezone: 'America/New_York', schedulesTimezone: 'Europe/Berlin' })
})

t.test('schedules are found by a part of their name, as they are now', async (t) => {
  const { api, service } = replica(configOf(CONFIG))
  const found = async (query = '') => (await api(`/api/schedules${query}`)).json()
  t.same(await found(), {
    total: 2,
    schedules: [
      {
        schedule: 'office',
        open: true,
        says: 'open (mon-fri 09:00-18:00), closes at 18:00, in 7 h',
        timezone: 'Europe/Berlin',
      },
      {
        schedule: 'night',
        open: false,
        says: 'closed (outside daily 20:00-24:00), opens at 20:00, in 15 h',
        timezone: 'America/New_York',
      },
    ],
  })
  const about = { until: NOW + 60_000, author: 'anna', note: 'outing', since: NOW }
  service.overrides.set({ kind: 'schedule', name: 'office', to: 'closed', ...about })
  t.match(await found('?search=OFF&limit=1'), {
    total: 1,
    schedules: [{ schedule: 'office', open: false, says: /^set closed until .* by anna: outing$/ }],
  })
  t.match(await found('?limit=0'), { total: 2, schedules: [] })
})

t.test('a schedule is shown for a year, with its holidays', async (t) => {
  const { spans, ...year } = await calendar('schedule=office&year=2026')
  t.match(year, {
    timezone: 'Europe/Berlin',
    from: '2026-01-01T00:00:00+01:00',
    until: '2027-01-01T00:00:00+01:00',
  })
  t.same(
    spans
      .filter(({ schedules }) => schedules[0]!.special)
      .map(({ from, schedules }) => [from, schedules[0]!.because]),
    [
      ['2026-12-23T00:00:00+01:00', 'outside 2026-12-23 10:00-12:00'],
      ['2026-12-23T10:00:00+01:00', '2026-12-23 10:00-12:00'],
      ['2026-12-23T12:00:00+01:00', 'outside 2026-12-23 10:00-12:00'],
      ['2026-12-25T00:00:00+01:00', 'closed 2026-12-25'],
      ['2026-12-26T00:00:00+01:00', 'closed 2026-12-26..2027-01-01'],
    ],
  )
  t.match(await calendar('schedule=office'), { from: '2026-01-01T00:00:00+01:00' })
})

t.test('a day begins with the first time that its clock shows', async (t) => {
  // the clock of Santiago goes from 00:00 to 01:00 on 6 September 2026, a Sunday
  const yaml = `schedules: { all: { timezone: America/Santiago, open: always } }
routes: [{ to: "+15551230001", rules: [{ if: { schedule: all }, say: hello }] }]`
  const santiago = await calendar('to=%2B15551230001&week=2026-09-06', [], yaml)
  t.match(santiago, { from: '2026-08-31T00:00:00-04:00', until: '2026-09-07T00:00:00-03:00' })
  const beirut = `schedules: { all: { timezone: Africa/Cairo, open: always } }
routes: [{ to: "+15551230001", rules: [{ if: { schedule: all }, say: hello }] }]`
  t.equal((await calendar('schedule=all&year=2026', [], beirut)).spans.length, 1)
})

t.test('more spans than anyone reads are cut', async (t) => {
  const windows = Array.from({ length: 240 }, (_, at) => {
    const [from, until] = [at * 6, at * 6 + 3].map(
      (minute) =>
        `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`,
    )
    return `${from}-${until}`
  })
  const yaml = `schedules: { busy: { timezone: UTC, open: ["daily ${windows.join(',')}"] } }
routes: [{ to: "+15551230001", rules: [{ if: { schedule: busy }, say: hello }, { say: bye }] }]`
  const week = await calendar('to=%2B15551230001', [], yaml)
  t.match([week.spans.length, week], [2000, { more: true }])
})

t.test('a question that is wrong is refused with its reason', async (t) => {
  const cases = [
    ['', 'write either to or schedule'],
    ['to=%2B15551230002&schedule=office', 'write either to or schedule'],
    ['to=nobody', '"nobody" is neither a phone number nor a SIP address, so no call can come to it'],
    ['schedule=ofice', 'no schedule is called "ofice"; did you mean "office"?'],
    ['to=%2B15551230002&week=2026-13-01', /^week: 2026-13-01 does not exist/],
    ['to=%2B15551230002&week=12-24', 'week: "12-24" is not a day; write one such as 2026-12-24'],
    ['to=%2B15551230002&timezone=CET', /^timezone: "CET" is an abbreviation/],
    ['schedule=office&year=12', /^year: expected a whole number from 2000 to 2199/],
  ] as const
  for (const [query, error] of cases) t.match(await calendar(query), { error }, query)
})
