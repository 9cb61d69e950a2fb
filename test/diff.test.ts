import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { TwimlWriter } from '../src/actions/twiml-writer.js'
import { type Call, parseCall } from '../src/call/call.js'
import { advance, decide, resume, screenFor } from '../src/decide.js'
import { dialStepIn, resumeIn } from '../src/dial/find-dial.js'
import { screenTwiml } from '../src/dial/screen.js'
import { type Compared, diffConfigs } from '../src/diff/diff.js'
import { settingFacts } from '../src/diff/facts.js'
import { markdownReport, printReport } from '../src/diff/print.js'
import { readRecording, replay } from '../src/diff/replay.js'
import { type DiffReport, reportOf } from '../src/diff/report.js'
import type { Config } from '../src/model/config.js'
import type { Decision } from '../src/model/decision.js'
import type { State } from '../src/model/state.js'
import { lookUp } from '../src/numbers/number-index.js'
import { HEAD, TOKEN } from './harness/build.js'
import { cases } from './harness/cases.js'
import {
  anyCall,
  compiled,
  compiledText,
  edited,
  model,
  type Source,
  sourceOf,
} from './harness/diff-configs.js'
import { runIn } from './harness/run.js'

const AT = Date.parse('2026-11-20T10:00:00+01:00')
const HOUR = 3_600_000

const writers = new WeakMap<Config, TwimlWriter>()

/** TwiML without what only dialsip itself reads: the queries of the URLs that lead back. */
function noticed(config: Config, call: Call, decision: Decision): string {
  const writer = writers.get(config) ?? new TwimlWriter(config.publicUrl)
  writers.set(config, writer)
  const twiml = writer.write(decision.steps)
  const screens = decision.steps.flatMap((step) => {
    const asked = 'hop' in step && screenFor(config, step.plan, call)
    return asked ? screenTwiml(asked.screen, asked.text, 'url') : []
  })
  return [twiml, ...screens].join('\n').replace(/(voice\.example\.com\/\w+)\?[^"]*/g, '$1')
}

/** Follows a call through both configs with the same outcomes; true where anybody notices a difference. */
function goesApart(both: Pair, call: Call, now: number, state: State, codes: readonly number[]): boolean {
  let decisions = both.map((config) => decide(config, call, now, state))
  for (const code of [...codes, undefined]) {
    const [old, other] = decisions.map((decision, at) => noticed(both[at]!, call, decision))
    if (old !== other) return true
    const next = both.map((config, at) => follow(config, call, decisions[at]!, code, state))
    if (code === undefined || next.some((decision) => decision === undefined)) return false
    decisions = next as Decision[]
  }
  return false
}

type Pair = readonly [Config, Config]

function follow(config: Config, call: Call, { steps }: Decision, code: number | undefined, state: State) {
  const recording = resumeIn(steps)
  if (recording) return resume(config, call, recording, state)
  const dial = dialStepIn(steps)
  const outcome = { status: 'failed', code, rang: false, bridged: undefined }
  return dial && advance(config, call, dial.plan, outcome, state)
}

function says({ differences, unsure, settings }: Compared, both: Pair, call: Call): boolean {
  const [old, other] = both.map((config) => lookUp(config.numbers, call.to)?.claim.route ?? '')
  const pairs = [...unsure, ...differences.flatMap(({ affected }) => affected)].map(({ pair }) => pair)
  return settings.length > 0 || pairs.some((pair) => pair.old === old && pair.new === other)
}

t.test('diff is never silent when a call changes', async (t) => {
  const codes = fc.array(fc.constantFrom(503, 404, 486, 408, 603, 200, 480), { maxLength: 5 })
  const times = fc.oneof(fc.integer({ min: 0, max: 400 * 24 }), fc.integer({ min: 0, max: 10_000 * 24 }))
  const calls = fc.array(fc.tuple(anyCall, times, codes, fc.subarray(['e0', 'e1', 'e2'])), {
    minLength: 60,
    maxLength: 80,
  })
  const seen = { changed: 0, same: 0 }
  fc.assert(
    fc.property(edited, calls, ([before, after], all) => {
      const both: Pair = [compiled(sourceOf(before)), compiled(sourceOf(after))]
      const compared = diffConfigs({ old: both[0], new: both[1] }, AT)
      return all.every(([{ ForwardedFrom, ...params }, hours, outcomes, down]) => {
        const forwarded: Record<string, string> = ForwardedFrom === undefined ? {} : { ForwardedFrom }
        const { call } = parseCall({ AccountSid: 'AC', ...params, ...forwarded }) as { call: Call }
        const state: State = { standing: (name) => (down.includes(name) ? 'ejected' : 'up') }
        const apart = goesApart(both, call, AT + hours * HOUR, state, outcomes)
        seen[apart ? 'changed' : 'same'] += 1
        return !apart || says(compared, both, call)
      })
    }),
    { numRuns: cases(10), endOnFailure: true },
  )
  t.ok(seen.changed > 0 && seen.same > 0)
})

t.test('a config that is only written in another way changes no call', async (t) => {
  fc.assert(
    fc.property(model, (one) => {
      const source = sourceOf(one)
      const both = { old: compiled(source), new: compiled(rewritten(source)) }
      const { differences, unsure, settings, notes } = diffConfigs(both, AT)
      return differences.length + unsure.length + settings.length === 0 && notes.length > 0
    }),
    { numRuns: cases(10), endOnFailure: true },
  )
  t.pass('and the new names of routes are noted')
})

/** Routes in another order and under other names, the group and the list written out. */
function rewritten({ groups, lists, routes, ...rest }: Source): object {
  const text = JSON.stringify({ ...rest, routes: routes.toReversed() })
    .replaceAll('"vips"', lists.vips.map((pattern) => JSON.stringify(pattern)).join())
    .replaceAll('"team"', groups.team.map((name) => JSON.stringify(name)).join())
    .replaceAll(/"name":"r(\d)"/g, '"name":"route$1"')
  return JSON.parse(text)
}

const CASES = 'test/diff'
const RULE = '--------\n'
const FILES = { old: 'old.yaml', new: 'new.yaml' }

function withHead(text: string): string {
  return text.startsWith('publicUrl') ? text : HEAD + text
}

function reported(old: string, other: string): DiffReport {
  const both = { old: compiledText(withHead(old)), new: compiledText(withHead(other)) }
  return reportOf(both, FILES, diffConfigs(both, AT))
}

/** Each file: the old config, the new one, what is printed and the Markdown, parted by lines of dashes. UPDATE=1 writes the last two. */
for (const file of readdirSync(CASES).filter((name) => name.endsWith('.txt'))) {
  t.test(`diff of ${file}`, async (t) => {
    const path = join(CASES, file)
    const [old = '', other = '', ...expected] = readFileSync(path, 'utf8').split(RULE)
    const report = reported(old, other)
    const printed = printReport(report, (_style, text) => text) + RULE + markdownReport(report)
    if (process.env.UPDATE) writeFileSync(path, [old, other, printed].join(RULE))
    else t.equal(printed, expected.join(RULE))
  })
}

t.test('columns of a CSV file count where a template uses them', async (t) => {
  const text = `${HEAD}numbersFrom: n.csv
routes: [{ name: desk, dial: "sip:{{extension}}@pbx.example.com", otherwise: { hangup: } }]`
  const old = compiledText(text, {
    'n.csv': 'number,route,extension,floor\n+491,desk,10,1\n+492,desk,20,1\n',
  })
  const other = compiledText(text, {
    'n.csv': 'number,route,extension,floor\n+491,desk,10,2\n+492,desk,21,1\n',
  })
  const gone = compiledText(`${HEAD}default: { dial: "sip:{{params.extension}}{{wild}}@pbx.example.com" }`)
  const differences = (a: Config, b: Config) =>
    reportOf({ old: a, new: b }, FILES, diffConfigs({ old: a, new: b }, AT)).differences
  t.match(differences(old, other), [
    {
      removed: ['{{extension}} is "20"'],
      added: ['{{extension}} is "21"'],
      affected: [{ numbers: ['+492'] }],
    },
  ])
  t.equal(differences(old, other).length, 1)
  t.equal(differences(gone, gone).length, 0)
  t.ok(differences(old, gone).length > 0)
  const named = `${HEAD}numbersFrom: n.csv
routes: [{ name: desk, say: "{{CallerName}}" }]`
  const column = compiledText(named, { 'n.csv': 'number,route,CallerName\n+491,desk,Desk\n' })
  const none = compiledText(named, { 'n.csv': 'number,route\n+491,desk\n' })
  t.match(differences(column, none), [
    { removed: ['{{CallerName}} is "Desk"'], added: ['{{CallerName}} is what Twilio says'] },
  ])
})

t.test('a calendar file counts by its events', async (t) => {
  const text = `${HEAD}schedules: { s: { timezone: Europe/Berlin, open: always, closed: c.ics } }
routes: [{ name: r, to: "+491", rules: [{ if: { schedule: s }, reject: busy }] }]`
  const event = (day: string) =>
    `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:${day}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`
  const [old, other] = ['20490501', '20490502'].map((day) => compiledText(text, { 'c.ics': event(day) })) as [
    Config,
    Config,
  ]
  t.match(diffConfigs({ old, new: other }, AT), { differences: { length: 2 }, unsure: [] })
  t.match(diffConfigs({ old, new: other }, Date.parse('2049-05-03T00:00:00Z')), {
    differences: [],
    unsure: [],
  })
  t.match(diffConfigs({ old, new: other }, Date.parse('2019-05-03T00:00:00Z')).unsure, [
    { why: /names dates after/ },
  ])
})

t.test('what is too much to follow is not passed over in silence', async (t) => {
  const numbers = Array.from({ length: 16 }, (_, at) => at)
  const unrelated = (last: string) => ({
    routes: [
      {
        name: 'r',
        to: '+491',
        rules: [
          ...numbers.map((at) => ({ if: { params: { [`A${at}`]: '1', [`B${at}`]: '1' } }, say: `${at}` })),
          { say: last },
        ],
      },
    ],
  })
  const hours = (last: string) => ({
    schedules: Object.fromEntries(
      numbers
        .slice(0, 7)
        .map((at) => [`s${at}`, { timezone: 'UTC', open: `mon ${10 + (at % 10)}:${10 + at}-23:00` }]),
    ),
    routes: [
      {
        name: 'r',
        to: '+491',
        rules: [
          ...numbers.slice(0, 7).map((at) => ({ if: { schedule: `s${at}` }, say: 'open' })),
          { if: { schedule: 's0' }, say: last },
        ],
      },
    ],
  })
  const diff = (old: object, other: object) => diffConfigs({ old: compiled(old), new: compiled(other) }, AT)
  t.match(diff(unrelated('a'), unrelated('b')), { unsure: [{ why: /too many/ }] })
  t.match(diff(hours('a'), hours('b')), { differences: [], unsure: [] })
})

t.test('long reports are cut, except in JSON', async (t) => {
  const routes = (reason: string) =>
    Array.from({ length: 8 }, (_, at) => `{ to: "+49${at + 10}", reject: ${reason} }`)
  const [old, other] = ['busy', 'rejected'].map((reason) =>
    compiledText(`${HEAD}routes: [${routes(reason)}]`),
  ) as [Config, Config]
  const both = { old, new: other }
  const calls = Array.from({ length: 25 }, (_, at) => `CallSid=CA${at}&AccountSid=AC&To=%2B4910&From=<b>`)
  const report = reportOf(
    both,
    FILES,
    diffConfigs(both, AT),
    replay(both, readRecording(calls.join('\n')), AT),
  )
  t.equal(report.differences[0]!.affected.length, 8)
  t.match(
    printReport(report, (_style, text) => text),
    /and 3 routes more/,
  )
  t.match(markdownReport(report), '&lt;b\\>')
  t.match(markdownReport(report), '| and 3 routes more |')
  t.match(markdownReport(report), '| and 5 calls more |')
})

t.test('SIP users with a plus but no number, and those without a plus, are callers as well', async (t) => {
  const routes = (user: string) =>
    `routes: [{ name: a, to: "+1555*", rules: [{ if: { from: "sip:${user}@pbx.example.com" }, say: Yes }, { say: No }] }]`
  for (const [old, other] of [
    ['+alice', '+bob'],
    ['alice', '+15551230001'],
  ] as const) {
    const report = reported(routes(old), routes(other))
    t.match(JSON.stringify(report), new RegExp(`sip:\\${other}@pbx.example.com`), other)
  }
})

t.test('without accounts no call has one', async (t) => {
  const source = { publicUrl: 'https://voice.example.com', accounts: [] }
  const both = { old: compiled(source), new: compiled({ ...source, default: { reject: 'busy' } }) }
  t.match(reportOf(both, FILES, diffConfigs(both, AT)).differences, [{ example: { new: 'reject busy' } }])
})

t.test('a line of the log is replayed with the parameters that it has', async (t) => {
  const rules = (reason: string) =>
    compiledText(
      `${HEAD}routes: [{ to: "+49*", rules: [{ if: { fromCountry: US }, reject: ${reason} }, { hangup: }] }]`,
    )
  const line = {
    level: 'info',
    time: '2026-11-20T09:00:00.000Z',
    callSid: 'CA1',
    from: '',
    to: '+495',
    verbs: [],
  }
  const lines = [{ FromCountry: 'US' }, { FromCountry: 'DE' }, { RecordingUrl: 'https://api.twilio.com/r' }]
  const recording = readRecording(lines.map((params) => JSON.stringify({ ...line, params })).join('\n'))
  t.match(replay({ old: rules('busy'), new: rules('rejected') }, recording, AT), {
    calls: 2,
    skipped: 1,
    changed: { length: 1, 0: { old: 'reject busy', new: 'reject rejected' } },
  })
})

/** What each side of a replayed call is said to do, of the same route with one difference in it. */
function briefsOf(route: string, [from, to]: readonly [RegExp | string, string], call = {}) {
  const both = {
    old: compiledText(`${HEAD}routes: [{ name: r, ${route} }]`),
    new: compiledText(`${HEAD}routes: [{ name: r, ${route.replace(from, to)} }]`),
  }
  const webhook = JSON.stringify({ CallSid: 'CA1', AccountSid: 'AC1', To: '+491', From: '+495', ...call })
  const { changed } = replay(both, readRecording(webhook), AT)
  return changed.map(({ old, new: other }) => [old, other])
}

const DIAL = 'to: "+49*", dial: "sip:a@b.example", otherwise: { hangup: }'

const SAME_WORDS: readonly [route: string, change: [from: string, to: string], old: string, other: string][] =
  [
    [
      `${DIAL}, timeout: 20`,
      ['20', '30'],
      'dial sip:a@b.example, with timeout: 20',
      'dial sip:a@b.example, with timeout: 30',
    ],
    [
      `${DIAL}, headers: { X-A: "{{wild}}" }`,
      ['"+49*"', '"+491"'],
      'dial sip:a@b.example, with header X-A: 1',
      'dial sip:a@b.example, with header X-A: ',
    ],
    [`${DIAL}, username: u, password: one`, ['one', 'two'], ...hiddenIn('dial sip:a@b.example')],
    [
      `${DIAL}, referUrl: true`,
      [', referUrl: true', ''],
      'dial sip:a@b.example, with referUrl: true',
      'dial sip:a@b.example',
    ],
    [
      `${DIAL}, noProgress: 4`,
      [', noProgress: 4', ''],
      'dial sip:a@b.example, with noProgress: 4',
      'dial sip:a@b.example',
    ],
    [
      `${DIAL}, screen: { say: Hello, accept: 1 }`,
      ['accept: 1', 'accept: 2'],
      'dial sip:a@b.example, with screen accepts: 1, within 5 s',
      'dial sip:a@b.example, with screen accepts: 2, within 5 s',
    ],
    [
      `${DIAL}, callerId: "+4930"`,
      ['+4930"', '+4931"'],
      'dial sip:a@b.example, with callerId: +4930',
      'dial sip:a@b.example, with callerId: +4931',
    ],
    [
      'to: "+49*", action: [{ say: { text: Hello, loop: 2 } }, { reject: busy }]',
      ['loop: 2', 'loop: 3'],
      'say "Hello"; reject busy, with loop: 2',
      'say "Hello"; reject busy, with loop: 3',
    ],
  ]

function hiddenIn(words: string): [string, string] {
  const said = `${words}, with something that is not shown, such as a password`
  return [said, said]
}

for (const [route, change, old, other] of SAME_WORDS) {
  t.test(`what ${change.join(' → ')} changes is named`, async (t) => {
    t.same(briefsOf(route, change), [[old, other]])
  })
}

t.test('a replayed call without a caller is anonymous', async (t) => {
  const both = { old: compiledText(`${HEAD}default: { reject: busy }`), new: compiledText(HEAD) }
  const replayed = replay(both, readRecording('CallSid=CA1&AccountSid=AC1&To=%2B49'), AT)
  const report = reportOf(both, FILES, diffConfigs(both, AT), replayed)
  t.match(
    printReport(report, (_style, text) => text),
    /^CA1 anonymous → \+49 at /m,
  )
  t.match(markdownReport(report), /^\| anonymous \| \+49 \| /m)
  t.match(report.replay?.changed, [{ from: '' }])
})

t.test('the command line', async (t) => {
  const dir = t.testdir({
    'old.yaml': withHead('routes: [{ to: "+4930*", reject: busy }, { to: "+4931*", reject: busy }]'),
    'new.yaml': withHead(
      'routes: [{ to: "+4930*", reject: busy }, { to: "+4931*", say: "Hello | `{{From}}`" }]',
    ),
    'broken.yaml': withHead('routes: [{ to: "4930*", reject: busy }]'),
    'log.ndjson': [
      '{"level":"info","time":"2026-11-20T09:00:00.000Z","msg":"listening"}',
      '{"level":"info","time":"2026-11-20T09:00:00.000Z","callSid":"CA1","from":"+491","to":"+49315","verbs":["reject"]}',
      '{"level":"info","callSid":"CA1","from":"+491","to":"+49315","verbs":["hangup"],"outcome":"busy"}',
      'CallSid=CA2&AccountSid=AC1&To=%2B49309&From=%2B491',
      '{"CallSid":"CA3","AccountSid":"AC1","To":"+49319","From":"+491"}',
      '',
    ].join('\n'),
    'same.ndjson': 'CallSid=CA2&AccountSid=AC1&To=%2B49309&From=%2B491',
    'form.txt': 'a=b',
    'json.txt': '{"a":',
  })
  const [old, other] = [`${dir}/old.yaml`, `${dir}/new.yaml`]

  const run = (...args: string[]) => runIn({ TOKEN })('diff', ...args)

  t.match(await run(old, old), { code: 0, stdout: 'no call changes\n', stderr: '' })
  t.match(await run(old, other), { code: 1, stdout: /calls change: 1 difference for 1 route/ })

  t.test('wrong use is one line and exit 2', async (t) => {
    const wrong: [args: string[], says: RegExp][] = [
      [[old], /two configs/],
      [[old, other, old], /two configs/],
      [[old, other, '--json', '--markdown'], /cannot be used together/],
      [[old, `${dir}/broken.yaml`], /broken.yaml:\d+:\d+ /],
      [[old, other, '--at', 'noon'], /--at: "noon" is not a time/],
      [[old, other, '--replay', `${dir}/none`], /no such file/],
      [[old, other, '--replay', `${dir}/form.txt`], /line 1 is neither/],
      [[old, other, '--replay', `${dir}/json.txt`], /line 1 is not JSON/],
    ]
    for (const [args, says] of wrong) {
      const { code, stdout, stderr } = await run(...args)
      t.match(
        { code, stdout, lines: stderr.split('\n').length, stderr },
        { code: 2, stdout: '', lines: 2, stderr: says },
      )
    }
  })

  t.test('recorded calls are decided by both', async (t) => {
    const { code, stdout } = await run(
      old,
      other,
      '--json',
      '--at',
      '2026-11-20T10:00:00Z',
      '--replay',
      `${dir}/log.ndjson`,
    )
    const { replay, differences, callsChange } = JSON.parse(stdout)
    t.match({ code, callsChange }, { code: 1, callsChange: true })
    t.match(replay, {
      calls: 3,
      skipped: 2,
      changed: [
        { callSid: 'CA1', at: '2026-11-20T09:00:00Z', old: 'reject busy', new: 'say "Hello | `+491`"' },
        { callSid: 'CA3', at: '2026-11-20T10:00:00Z' },
      ],
    })
    t.match(differences[0].example, { to: /^\+4931/, explain: /^dialsip explain -c / })
    const pretty = await run(old, other, '--replay', `${dir}/log.ndjson`)
    t.match(pretty.stdout, /replayed 3 calls, 2 changed; 2 lines skipped without an incoming call/)
    t.match((await run(old, old, '--replay', `${dir}/same.ndjson`)).stdout, /replayed 1 call, 0 changed\n/)
  })

  t.test('Markdown holds what configs say as text', async (t) => {
    const { stdout } = await run(old, other, '--markdown', '--replay', `${dir}/log.ndjson`)
    t.match(stdout, '+ say: Hello | `{{From}}`')
    t.match(stdout, '| say "Hello \\| \\`+491\\`" |')
    t.match(
      (await run(old, old, '--markdown', '--replay', `${dir}/same.ndjson`)).stdout,
      '**replayed 1 call, 0 changed**',
    )
  })
})

t.test('how long a dial waits for a sign is one of its settings', async (t) => {
  const plain = { attributes: [], callerId: undefined, refer: false, screen: undefined }
  const [without, four] = [undefined, 4].map((noProgress) =>
    settingFacts({ ...plain, noProgress } as never, 'dial a'),
  )
  t.same(without, ['dial a'])
  t.same(four, ['dial a', 'dial a, noProgress: 4'])
})
