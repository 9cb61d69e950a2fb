import t from 'tap'
import { Report } from '../../src/config/report.js'
import { printErrors } from '../../src/errors/print.js'
import { configOf, type Files, HEAD, loadFiles, many, ONE_ROUTE } from '../harness/load-files.js'

/** A config in which one named thing after the other names the one before it, twice. */
function doubling(key: string, first: string, next: (name: string) => string, depth: number): string {
  return `${key}:\n  n0: ${first}\n${many(depth, (at) => `  n${at + 1}: ${next(`n${at}`)}`)}\n`
}

const DEPTH = 60

const OPEN = 'timezone: Europe/Berlin, open: mon 09:00-17:00'

/** Small files that once took minutes, gigabytes or the whole stack; with what is said of them. */
const HEAVY: Readonly<Record<string, [yaml: string, message: RegExp, more?: Files]>> = {
  'groups that double': [
    `${doubling('groups', '[sip:a@b.example]', (name) => `[${name}, ${name}]`, 40)}
routes: [{ to: "+15550100001", dial: n40 }]`,
    /^this dial comes to more than 1000000 endpoints and numbers/,
  ],
  'rings and splits that double': [
    `groups:\n  n0: [sip:a@b.example]\n  m0: [sip:a@b.example]
${many(40, (at) => `  n${at + 1}: [{ ring: [n${at}, { endpoint: n${at} }] }]\n  m${at + 1}: [{ split: { n${at}: 1, m${at}: 1 } }]`)}
${ONE_ROUTE}`,
    /^this dial comes to 1024 endpoints and numbers/,
  ],
  'groups that all name each other': [
    `groups:\n${many(12, (at) => `  g${at}: [${many(12, (to) => `g${to}`, ', ')}]`)}
routes: [{ to: "+15550100001", dial: g0 }]`,
    /^groups refer to each other: g0 → g1 → g2 → g3 → … \(5 more\) → g9 → g10 → g11 → g0$/,
  ],
  'groups within each other': [
    `${doubling('groups', '[sip:a@b.example]', (name) => `[${name}]`, DEPTH)}${ONE_ROUTE}`,
    /^groups are named within each other more than 50 deep$/,
  ],
  'actions that double': [
    `${doubling('actions', '{ say: hi }', (name) => `[${name}, ${name}]`, 40)}${ONE_ROUTE}`,
    /^this list comes to more than 1000 actions/,
  ],
  'actions within each other': [
    `${doubling('actions', '{ say: hi }', (name) => `{ dial: sip:a@b.example, otherwise: { say: ho, action: ${name} } }`, DEPTH)}${ONE_ROUTE}`,
    /^actions are named within each other more than 50 deep$/,
  ],
  'schedules that double': [
    `${doubling('schedules', `{ ${OPEN}, closed: 2026-12-25 }`, (name) => `{ ${OPEN}, closed: [{ schedule: ${name} }, { schedule: ${name} }] }`, 30)}${ONE_ROUTE}`,
    /this config comes to more than 1000000 hops, actions and closings/,
  ],
  'lists of actions at many routes': [
    `actions: { a: [${many(999, () => '{ say: hi }', ', ')}] }
routes:\n${many(1001, (at) => `  - { to: "+1555010${1000 + at}", action: [a, { hangup: }] }`)}`,
    /this config comes to more than 1000000 hops, actions and closings/,
  ],
  'files that include each other': [
    `include: routes/*.yaml\n${ONE_ROUTE}`,
    /^files include each other more than 50 deep$/,
    Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`routes/${at}.yaml`, 'include: ["*.yaml"]'])),
  ],
  'the same files again and again': [
    `include: [${many(1001, () => 'routes/*.yaml', ', ')}]\n${ONE_ROUTE}`,
    /^the includes lead to more than 100000 files/,
    Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`routes/${at}.yaml`, 'routes: []'])),
  ],
  'files within each other': [
    `include: routes/0.yaml\n${ONE_ROUTE}`,
    /^files include each other more than 50 deep$/,
    Object.fromEntries(
      Array.from({ length: DEPTH }, (_, at) => [`routes/${at}.yaml`, `include: ${at + 1}.yaml`]),
    ),
  ],
  'a row of thousands of columns': [
    `numbersFrom: n.csv\n${ONE_ROUTE}`,
    /^the file has 20002 columns$/,
    { 'n.csv': `number,route,${many(20_000, (at) => `c${at}`, ',')}\n+15550100002,r\n` },
  ],
  'a text without end': [
    `endpoints: { a: { uri: "sip:a@b.example;${'a=b;'.repeat(100_000)}" } }\n${ONE_ROUTE}`,
    /^a text of 400016 characters is longer than any TwiML document may be$/,
  ],
  'thousands of errors': [
    `routes:\n${many(10_500, (at) => `  - { to: "030 ${100_000 + at}", hangup: }`)}`,
    /^10000 errors were found: what comes after this one was not looked at$/,
  ],
}

for (const [what, [yaml, message, more]] of Object.entries(HEAVY)) {
  t.test(`${what} are an error within seconds`, async (t) => {
    const began = process.cpuUsage()
    const { config, errors } = loadFiles(t, HEAD + yaml, more)
    const { user, system } = process.cpuUsage(began)
    // ten times what it takes: what grew with the square or doubled would take minutes
    t.ok(user + system < 20_000_000, `${user + system} µs of a processor`)
    t.notOk(config)
    const reported = errors.filter(({ code }) => code === 'load-limit' || code === 'reference-cycle')
    t.ok(
      reported.some((error) => message.test(error.message)),
      reported.map((error) => error.message).join(', '),
    )
  })
}

t.test('a bug is not reported as a limit of a load', (t) => {
  const broken = () => {
    throw new TypeError('a mistake')
  }
  t.throws(() => new Report().attempt(broken), { message: 'a mistake' })
  t.end()
})

t.test('what is said of a very long word is cut', async (t) => {
  const word = 'x'.repeat(2000)
  const { errors } = loadFiles(t, `${HEAD}${ONE_ROUTE}${word}: 1\n`)
  t.match(errors, [{ code: 'unknown-key', message: new RegExp(`"${word}"`) }])
  t.ok(printErrors(errors).split('\n')[0]!.length < 1200)
})

t.test('a group that is too large is reported where it is, though nothing dials it', async (t) => {
  const yaml = `${doubling('groups', '[sip:a@b.example]', (name) => `[${name}, ${name}]`, 10)}${ONE_ROUTE}`
  const { errors } = loadFiles(t, HEAD + yaml)
  t.match(errors, [{ code: 'load-limit', path: ['groups', 'n10'], message: /^this dial comes to 1024/ }])
})

t.test('of a calendar with thousands of mistakes the first ones are reported', async (t) => {
  const events = many(5000, (at) => `BEGIN:VEVENT\r\nSUMMARY:${at}\r\nEND:VEVENT\r\n`, '')
  const yaml = `schedules: { a: { ${OPEN}, closed: c.ics } }\n${ONE_ROUTE}`
  const ics = `BEGIN:VCALENDAR\r\n${events}END:VCALENDAR\r\n`
  const { errors } = loadFiles(t, HEAD + yaml, { 'c.ics': ics })
  const said = errors.filter(({ code }) => code === 'calendar-file')
  t.equal(said.length, 102)
  t.ok(said.some(({ message }) => message.includes('more than 100 of its events cannot be read')))
})

t.test('secrets of a load that stops are masked', async (t) => {
  const token = 'a-token-that-nobody-may-see'
  const yaml = `${HEAD}admin: { tokens: ["\${NONE:-${token}}", "${'x'.repeat(70_000)}"] }`
  const { errors } = loadFiles(t, yaml)
  t.match(errors, [{ code: 'load-limit' }])
  t.notMatch(printErrors(errors), token)
})

t.test('hundreds of typos among thousands of names are reported within seconds', async (t) => {
  const yaml = `endpoints:\n${many(5000, (at) => `  endpoint-${at}: { uri: sip:a@b.example }`)}
routes:\n${many(800, (at) => `  - { to: "+1555010${1000 + at}", dial: endpiont-${at} }`)}`
  const { errors } = loadFiles(t, HEAD + yaml)
  const unknown = errors.filter(({ code }) => code === 'unknown-endpoint')
  t.equal(unknown.length, 800)
  t.match(unknown[0], { message: 'no endpoint is called "endpiont-0"; did you mean "endpoint-0"?' })
  t.match(unknown[799], { message: /^no endpoint is called "endpiont-799"$/ })
})

t.test('what thousands of rules never reach is looked for within limits', async (t) => {
  const rules = (count: number) =>
    `routes: [{ to: "+15550100001", rules: [{ reject: busy }, ${many(count, (at) => `{ if: { from: "+1900${at + 10}" }, reject: busy }`, ', ')}] }]`
  t.equal(loadFiles(t, HEAD + rules(100)).errors.length, 100)
  t.ok(loadFiles(t, HEAD + rules(4000)).errors.length < 4000)
})

t.test('a CSV of millions of empty rows is read within seconds', async (t) => {
  for (const row of ['', ',', '"",']) {
    const csv = `number,route\n${`${row}\n`.repeat(1_000_000)}+15550100002,r`
    t.ok(configOf(t, `numbersFrom: n.csv\n${ONE_ROUTE}`, { 'n.csv': csv }))
  }
})

t.test('a file that many lists and schedules name is read once', async (t) => {
  const calendar =
    'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'
  const { config } = loadFiles(
    t,
    `${HEAD}lists: { a: n.txt, b: n.txt }
schedules: { a: { ${OPEN}, closed: c.ics }, b: { ${OPEN}, closed: c.ics } }
routes:
  - to: "+15550100001"
    rules: [{ if: { from: a, schedule: a }, reject: busy }, { if: { from: b, schedule: b }, reject: busy }, { if: { from: a, schedule: b }, reject: busy }]`,
    { 'n.txt': '+1900*\nanonymous # withheld\n', 'c.ics': calendar },
  )
  const [first, second, third] = config!.routes
    .get('+15550100001')!
    .rules.map(({ conditions }) => conditions[0])
  t.same(second, { ...first, text: 'from b' })
  t.equal((third as never as { set: unknown }).set, (first as never as { set: unknown }).set)
  t.equal(config!.schedules.get('a')!.closings[0], config!.schedules.get('b')!.closings[0])
})
