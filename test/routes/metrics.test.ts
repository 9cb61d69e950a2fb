import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { AnswerSeizure } from '../../routes/answer-seizure.js'
import { gaugesOf } from '../../routes/gauges.js'
import { LabelNames } from '../../routes/label-names.js'
import { activate } from '../../routes/service.js'
import { configOf } from '../harness/build.js'
import { actionOf } from '../harness/callback-urls.js'
import { NOW, replica } from '../harness/replica.js'

const CONFIG = configOf(`
endpoints:
  a: { uri: "sip:{{To}}@a.example.com" }
  b: { uri: "sip:{{To}}@b.example.com" }
routes:
  - { name: main, to: "+15551230001", dial: [a, b], otherwise: { say: sorry } }
  - { name: bare, to: "+15551230002", dial: "sip:jack@example.com" }
  - { name: both, to: "+15551230003", dial: [{ ring: [a, b] }] }
  - { name: shut, to: "+15551230004", say: closed }
`)

const BUSY = { DialCallStatus: 'busy', DialSipResponseCode: '486' }
const FAILED = { DialCallStatus: 'failed', DialSipResponseCode: '503' }
const ANSWERED = { DialCallStatus: 'completed', DialSipResponseCode: '200' }
const CHILD = { CallSid: 'CA2', ParentCallSid: 'CA00000000000000000000000000000001' }

t.test('a call is counted from its webhook to its end', async (t) => {
  const { post, metric } = replica(CONFIG)
  const second = await post(actionOf(await post('/voice')), FAILED)
  await post(actionOf(second), BUSY)
  await post('/status', { CallStatus: 'completed' })
  const expected = {
    'webhooks_total{path="/voice",status="200"}': 1,
    'webhooks_total{path="/dialed",status="200"}': 2,
    'webhooks_total{path="/status",status="204"}': 1,
    'webhooks_total{path="/status",status="500"}': 0,
    'webhook_duration_seconds_count{path="/dialed"}': 2,
    decision_duration_seconds_count: 3,
    'hops_total{endpoint="a",class="serverError"}': 1,
    'hops_total{endpoint="b",class="busy"}': 1,
    'failovers_total{endpoint="a"}': 1,
    'failovers_total{endpoint="b"}': undefined,
    'calls_total{route="main",outcome="busy"}': 1,
    'answer_seizure_ratio{endpoint="a"}': 0,
  }
  for (const [series, value] of Object.entries(expected)) t.equal(await metric(series), value, series)
})

t.test('a call that rings nowhere counts by its last verb', async (t) => {
  const { post, metric } = replica(CONFIG)
  await post('/voice', { To: '+15551230004' })
  await post('/voice', { To: '+49', CallSid: 'CA2' })
  t.equal(await metric('calls_total{route="shut",outcome="say"}'), 1)
  t.equal(await metric('calls_total{route="default",outcome="reject"}'), 1)
})

t.test('a bare URI and an unclaimed number make no labels', async (t) => {
  const { post, api, metric } = replica(CONFIG)
  await post(actionOf(await post('/voice', { To: '+15551230002' })), { ...BUSY, To: '+15551230002' })
  await post('/dialed?dial=gone%2F1&fingerprint=x&hop=gone&route=gone', BUSY)
  await post('/status?endpoint=made-up', { ...CHILD, CallStatus: 'ringing' })
  t.equal(await metric('hops_total{endpoint="other",class="busy"}'), 2)
  t.equal(await metric('calls_total{route="bare",outcome="busy"}'), 1)
  t.notMatch((await api('/metrics')).body, /jack|gone|made-up/)
})

t.test('the outcome of a late status callback is known', async (t) => {
  for (const [state, outcome] of [
    ['in-progress', 'answered'],
    ['ringing', 'canceled'],
  ]) {
    const { post, metric } = replica(CONFIG)
    await post('/voice')
    await post('/status?endpoint=a', { ...CHILD, CallStatus: state! })
    await post('/status', { CallStatus: 'completed' })
    t.equal(await metric(`calls_total{route="main",outcome="${outcome}"}`), 1)
  }
})

t.test('a caller who has left makes it canceled, whatever became of the leg', async (t) => {
  const { post, metric, lines } = replica(CONFIG)
  const second = await post(actionOf(await post('/voice')), FAILED)
  await post(actionOf(second), { ...BUSY, CallStatus: 'completed' })
  await post('/status', { CallStatus: 'completed' })
  const expected = {
    'hops_total{endpoint="a",class="serverError"}': 1,
    'hops_total{endpoint="b",class="canceled"}': 1,
    'hops_total{endpoint="b",class="busy"}': undefined,
    'failovers_total{endpoint="b"}': undefined,
    'calls_total{route="main",outcome="canceled"}': 1,
  }
  for (const [series, value] of Object.entries(expected)) t.equal(await metric(series), value, series)
  const last = lines.filter(({ msg }) => /the caller has left|call finished/.test(String(msg)))
  t.match(last, [{ outcome: 'canceled' }, { outcome: 'canceled', hops: [{}, { outcome: 'canceled' }] }])
})

t.test('a caller who has left after a recording counts as such', async (t) => {
  const config = configOf(`
endpoints: { a: { uri: "sip:a@x.org" } }
routes: [{ name: main, to: "+1*", rules: [{ action: [{ record: { maxLength: 5 } }, { dial: a }] }] }]
`)
  const ways: Record<string, string>[] = [{ Digits: 'hangup' }, { CallStatus: 'completed' }]
  for (const params of ways) {
    const one = replica(config)
    const action = actionOf(await one.post('/voice'))
    t.match(await one.post(action, params), '<Response><Hangup/></Response>')
    t.equal(await one.metric('calls_total{route="main",outcome="canceled"}'), 1)
    t.equal(one.service.limits.slots.size, 0)
    const other = replica(config)
    await other.post(action, params)
    t.equal(await other.metric('calls_total{route="main",outcome="canceled"}'), 1, 'it came in elsewhere')
  }
})

t.test('of endpoints that rang at once only the one that answered counts as answered', async (t) => {
  const { post, metric } = replica(CONFIG)
  const action = actionOf(await post('/voice', { To: '+15551230003' }))
  await post('/status?endpoint=b', { ...CHILD, CallStatus: 'in-progress' })
  await post(action, { ...ANSWERED, To: '+15551230003' })
  t.equal(await metric('hops_total{endpoint="a",class="canceled"}'), 1)
  t.equal(await metric('hops_total{endpoint="b",class="answered"}'), 1)
  t.equal(await metric('answer_seizure_ratio{endpoint="b"}'), 1)
})

t.test('the first ringing or answer ends the post-dial delay', async (t) => {
  const { post, metric, clock } = replica(CONFIG)
  await post('/voice')
  const news = [
    ['initiated', 500],
    ['in-progress', 2000],
    ['in-progress', 2050],
    ['ringing', 2100],
    ['completed', 9000],
  ] as const
  for (const [CallStatus, after] of news) {
    clock.now = NOW + after
    await post('/status?endpoint=a', { ...CHILD, CallStatus })
  }
  t.equal(await metric('post_dial_delay_seconds_count{endpoint="a"}'), 1)
  t.equal(await metric('post_dial_delay_seconds_sum{endpoint="a"}'), 2)
  await post('/status?endpoint=a', { ...CHILD, ParentCallSid: 'CA9', CallStatus: 'ringing' })
  t.equal(await metric('post_dial_delay_seconds_count{endpoint="a"}'), 1, 'dialled by another replica')
})

t.test('the answer-seizure ratio looks back half an hour', (t) => {
  const seizures = new AnswerSeizure()
  seizures.note('a', false, NOW)
  seizures.note('a', true, NOW)
  t.equal(seizures.ratio('a', NOW), 0.5)
  seizures.note('a', true, NOW + 600_000)
  t.equal(seizures.ratio('a', NOW + 600_000), 2 / 3)
  t.equal(seizures.ratio('a', NOW + 1_800_000), 1)
  t.equal(seizures.ratio('a', NOW + 3_600_000), undefined)
  t.equal(seizures.ratio('b', NOW), undefined)
  t.end()
})

t.test('an error of ours counts by what it cost', async (t) => {
  const broken = () => {
    throw new Error('an error of ours')
  }
  const { service, post, api, metric } = replica(CONFIG, { decide: broken })
  const counts = async () => {
    const kinds = ['decision', 'lastResort', 'noting', 'admin']
    return Promise.all(kinds.map((kind) => metric(`errors_total{kind="${kind}"}`)))
  }
  t.same(await counts(), [0, 0, 0, 0])
  await post('/voice')
  t.same(await counts(), [1, 0, 0, 0])
  service.active = { ...service.active, writer: { write: broken } as never }
  await post('/voice', { CallSid: 'CA2' })
  t.same(await counts(), [2, 1, 0, 0])
  service.book.find = broken
  await post('/status', { CallStatus: 'ringing' })
  await api('/api/calls/recent/CA1')
  t.same(await counts(), [2, 1, 1, 1])
})

t.test('a call of which only a callback came is not counted here', async (t) => {
  const { post, api, metric } = replica(CONFIG)
  await post('/status?endpoint=a', { ...CHILD, CallStatus: 'ringing' })
  await post('/status', { CallStatus: 'completed' })
  t.equal(await metric('calls_total{route="default",outcome="answered"}'), undefined)
  t.same((await api('/api/calls')).json().calls, [])
})

t.test('a refused request counts by its reason', async (t) => {
  const { post, metric } = replica(CONFIG)
  await post('/voice', {}, { 'x-twilio-signature': 'wrong' })
  t.equal(await metric('webhooks_total{path="/voice",status="403"}'), 1)
  t.equal(await metric('signature_failures_total{reason="not-a-signature"}'), 1)
})

t.test('gauges give the state of the service', async (t) => {
  const { service, metric } = replica(CONFIG, { shared: { up: false, reason: 'gone' } })
  service.reload = { ...service.reload, successful: false }
  service.limits.take('a', 'CA1', NOW + 1000, NOW)
  service.health.drain('b', 'by hand')
  const expected = {
    'endpoint_state{endpoint="a",state="up"}': 1,
    'endpoint_state{endpoint="b",state="up"}': 0,
    'endpoint_state{endpoint="b",state="drained"}': 1,
    'endpoint_calls{endpoint="a"}': 1,
    [`config_info{revision="${CONFIG.revision}"}`]: 1,
    config_last_reload_successful: 0,
    config_last_reload_success_timestamp_seconds: NOW / 1000,
    shared_state_up: 0,
  }
  for (const [series, value] of Object.entries(expected)) t.equal(await metric(series), value, series)
})

t.test('what is not there has no value', async (t) => {
  const { metric } = replica(CONFIG)
  t.equal(await metric('shared_state_up'), undefined)
})

t.test('names go with the config that had them', async (t) => {
  const { service, post, api } = replica(CONFIG)
  await post(actionOf(await post('/voice')), FAILED)
  await post('/status', { CallStatus: 'completed' })
  service.active = activate(
    configOf('endpoints: { c: { uri: "sip:c@x.org" } }\nroutes: [{ name: new, to: "+1*", dial: c }]'),
  )
  await post(actionOf(await post('/voice', { CallSid: 'CA2' })), { ...BUSY, CallSid: 'CA2' })
  const { body } = await api('/metrics')
  t.match(body, /hops_total\{endpoint="c",class="busy"\} 1/)
  t.notMatch(body, /endpoint="[ab]"|route="main"/)
})

t.test('a label has a thousand values at most', (t) => {
  const names = new LabelNames()
  const known = { has: (name: string) => name !== 'unknown' }
  for (let at = 0; at < 1_000; at += 1) names.of(String(at), known)
  t.equal(names.of('7', known), '7')
  t.equal(names.of('one more', known), 'other')
  t.equal(names.of('unknown', known), 'other')
  t.end()
})

interface Row {
  readonly name: string
  readonly type: string
  readonly labelNames: string[]
  readonly help: string
}

/** All metrics with their types, labels and meanings. */
function metrics() {
  const { service } = replica(CONFIG)
  return [service.meters.registry, gaugesOf(service)].flatMap((registry) =>
    registry.getMetricsAsArray().map((one) => {
      const { name, help, type, labelNames } = one as unknown as Row
      return { name, type, labels: labelNames, help }
    }),
  )
}

t.test('docs/metrics.md has every metric and no other', (t) => {
  const rows = readFileSync('docs/metrics.md', 'utf8').matchAll(
    /^\| `(dialsip_\w+)` \| (\w+) \| (.*?) \| (.*) \|$/gm,
  )
  const documented = [...rows].map(([, name, type, labels, help]) => ({
    name,
    type,
    labels: [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label),
    help,
  }))
  const byName = (a: { name?: string }, b: { name?: string }) => (a.name! < b.name! ? -1 : 1)
  t.same(documented.sort(byName), metrics().sort(byName))
  t.end()
})

/** Added by Prometheus: to a histogram, or from where a metric is scraped. */
const ENDINGS = /_(?:bucket|sum|count)$/
const SCRAPED = ['job', 'instance', 'namespace', 'le']

t.test('alerts, dashboard and runbook use what exists', (t) => {
  const known = new Map(metrics().map((metric) => [metric.name, metric]))
  const labels = new Set([...SCRAPED, ...metrics().flatMap((metric) => metric.labels)])
  const files = [
    'deploy/prometheus/alerts.yaml',
    'deploy/prometheus/alerts.test.yaml',
    'deploy/grafana/dialsip.json',
  ]
  for (const file of [...files, 'docs/operations.md']) {
    const text = readFileSync(file, 'utf8').replaceAll('dialsip_admin_token', '')
    const names = [...text.matchAll(/\bdialsip_\w+/g)].map(([name]) => name)
    t.ok(names.length > 0)
    t.same(
      names.filter((name) => !known.has(name) && !known.has(name.replace(ENDINGS, ''))),
      [],
      file,
    )
    const used = [...text.matchAll(/\bby \(([\w, ]+)\)/g)].flatMap(([, list]) => list!.split(/, */))
    t.same(
      used.filter((label) => !labels.has(label) && label !== 'alertname'),
      [],
      file,
    )
  }
  t.end()
})

const withoutPromtool = spawnSync('promtool', ['--version']).error && 'promtool is not installed'

t.test('promtool has nothing to say against the metrics', { skip: withoutPromtool }, async (t) => {
  const { post, api } = replica(CONFIG)
  await post(actionOf(await post('/voice')), BUSY)
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: (await api('/metrics')).body,
    encoding: 'utf8',
  })
  t.same({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' })
})

t.test('the alert rules fire when they should', { skip: withoutPromtool }, (t) => {
  const run = (...args: string[]) => execFileSync('promtool', args, { encoding: 'utf8' })
  t.match(run('check', 'rules', 'deploy/prometheus/alerts.yaml'), /SUCCESS/)
  for (const file of ['alerts.test.yaml', 'alerts.week.test.yaml'])
    t.match(run('test', 'rules', `deploy/prometheus/${file}`), /SUCCESS/)
  t.end()
})
