import fc from 'fast-check'
import { load } from 'js-yaml'
import t from 'tap'
import { CallBook } from '../../src/calls/call-book.js'
import { callOutcome, noteOutcome } from '../../src/calls/call-record.js'
import { RecordRingBuffer } from '../../src/calls/record-ring-buffer.js'
import { readRequest } from '../../src/explain/scenario.js'
import type { TestCase } from '../../src/model/config.js'
import { testSchema } from '../../src/schema/test-case.js'
import { runSpec } from '../../src/spec/run-spec.js'
import { ACCOUNT, configOf } from '../harness/build.js'
import { actionOf } from '../harness/callback-urls.js'
import { compiledText } from '../harness/diff-configs.js'
import { BUSY, CONFIG, FAILED, SID } from '../harness/recorded-call.js'
import { NOW, replica } from '../harness/replica.js'

t.test('a recent call is shown with all its webhooks', async (t) => {
  const { post, api } = replica(CONFIG)
  await post('/voice', { CallSid: 'CA9' })
  const second = await post(actionOf(await post('/voice', { CallSid: SID, CallToken: 't0ken' })), FAILED)
  await post('/status?endpoint=b', { CallSid: 'CA2', ParentCallSid: SID, CallStatus: 'ringing' })
  await post(actionOf(second), BUSY)
  const reply = await api(`/api/calls/recent/${SID}`)
  t.match(reply.json(), {
    callSid: SID,
    route: 'main',
    outcome: 'busy',
    webhooks: [
      { path: '/voice', status: 200, decision: { hop: 'a', next: ['b'] }, twiml: /password="\*\*\*"/ },
      { path: '/dialed', params: { DialSipResponseCode: '503' }, decision: { outcome: 'serverError' } },
      { path: '/status', status: 204, params: { CallStatus: 'ringing' } },
      { path: '/dialed', twiml: /sorry/ },
    ],
  })
  t.notMatch(reply.body, /s3cret|t0ken/)
  const list = (await api('/api/calls')).json().calls
  t.match(list, [
    { callSid: SID, hops: [{ outcome: 'serverError' }, { outcome: 'busy' }] },
    { callSid: 'CA9' },
  ])
})

t.test('a recent call becomes a command and a test case', async (t) => {
  const { post, api, service } = replica(CONFIG)
  for (let at = 0; at < 3; at += 1) service.health.note('a', 'serverError', NOW)
  service.health.drain('b', 'by hand')
  const caller = { CallSid: SID, From: "o'neil", 'SipHeader_X-Tag': 'x y' }
  await post(actionOf(await post('/voice', caller)), { ...FAILED, ...caller })
  const { explain, test } = (await api(`/api/calls/recent/${SID}`)).json()
  t.equal(
    explain,
    "dialsip explain -c /etc/dialsip.yaml --to +15551230001 --from 'o'\\''neil' --at 2026-11-20T10:00:00.000Z" +
      ` --param CallSid=${SID} --param 'SipHeader_X-Tag=x y' --outcome a=503 --down a --drained b`,
  )
  const [written] = load(test) as unknown[]
  t.same(testSchema.parse(written), {
    name: `call ${SID}`,
    call: {
      to: '+15551230001',
      from: "o'neil",
      at: '2026-11-20T10:00:00.000Z',
      params: { CallSid: SID, 'SipHeader_X-Tag': 'x y' },
    },
    outcomes: { a: '503' },
    down: ['a'],
    drained: ['b'],
    expect: { route: 'main', dials: ['a', 'b'] },
  })
})

t.test('where accounts are apart a past call tells its own', async (t) => {
  const config = compiledText(`
publicUrl: https://voice.example.com
accounts: [{ sid: ${ACCOUNT}, authTokens: ["\${TOKEN}"] }, { sid: AC${'b'.repeat(32)}, name: other, authTokens: [x] }]
routes: [{ name: main, account: other, to: "+15551230001", reject: busy }]
`)
  const { post, api, lines } = replica(config)
  await post('/voice', { CallSid: SID })
  const { explain, test } = (await api(`/api/calls/recent/${SID}`)).json()
  t.match(explain, ` --account ${ACCOUNT} `)
  t.match(load(test), [{ call: { account: ACCOUNT }, expect: { route: '' } }])
  t.match(runSpec(config, load(test) as TestCase[]), { failed: 0 })
  const { params, at } = readRequest(JSON.stringify({ ...lines[0], time: undefined }))
  t.match([params.AccountSid, at], [ACCOUNT, undefined])
})

t.test('each outcome has a word that gives it again', async (t) => {
  const outcomes = [
    [{ DialCallStatus: 'completed', DialSipResponseCode: '200' }, 'answered'],
    [{ DialCallStatus: 'canceled', CallStatus: 'completed' }, 'canceled'],
    [{ DialCallStatus: 'no-answer', DialSipResponseCode: '487', CallStatus: 'completed' }, 'canceled'],
    [{ DialCallStatus: 'canceled', DialSipResponseCode: '603', CallStatus: 'in-progress' }, 'noAnswer'],
    [{ DialCallStatus: 'no-answer' }, 'ringing+timeout'],
    [{ DialCallStatus: 'busy' }, 'busy'],
    [{ DialCallStatus: 'failed', DialSipResponseCode: '486' }, '486'],
  ] as const
  for (const [params, word] of outcomes) {
    const { post, api } = replica(CONFIG)
    const action = actionOf(await post('/voice', { CallSid: SID }))
    await post('/status?endpoint=a', { CallSid: 'CA2', ParentCallSid: SID, CallStatus: 'ringing' })
    await post(action, { ...params, CallSid: SID })
    t.match((await api(`/api/calls/recent/${SID}`)).json().explain, `--outcome a=${word}`)
  }
})

t.test('a callee who does not accept has an outcome of its own', async (t) => {
  const { post, api } = replica(configOf('routes: [{ to: "+1*", dial: "sip:a@x.org", screen: true }]'))
  const action = actionOf(await post('/voice', { CallSid: SID }))
  const params = { DialCallStatus: 'failed', DialSipResponseCode: '200', DialBridged: 'false' }
  await post(action, { ...params, CallSid: SID })
  const { explain, test } = (await api(`/api/calls/recent/${SID}`)).json()
  t.match(explain, '--outcome sip:a@x.org=unaccepted')
  t.match(test, /'?sip:a@x\.org'?: unaccepted/)
})

t.test('a test case names the rule that fits', async (t) => {
  const { post, api } = replica(CONFIG)
  await post('/voice', { CallSid: SID, ParentCallSid: 'CA7', To: '+15551230004' })
  const [written] = load((await api(`/api/calls/recent/${SID}`)).json().test) as unknown[]
  t.same(testSchema.parse(written).expect, { route: 'rules', rule: 'rest' })
})

t.test('a call that still rings has no outcome yet', async (t) => {
  const { post, api } = replica(CONFIG)
  await post('/voice', { CallSid: SID, To: '+15551230003' })
  const call = (await api(`/api/calls/recent/${SID}`)).json()
  t.match(call, { hops: [{ hop: 'a|b' }], test: /dials:/ })
  t.notMatch(call.explain, 'outcome')
  t.equal(call.outcome, undefined)
})

t.test('a call that came in elsewhere is shown as far as it is known', async (t) => {
  const { post, api } = replica(CONFIG)
  const action = actionOf(await post('/voice'))
  await post(action, BUSY)
  const call = (await api(`/api/calls/recent/${SID}`)).json()
  t.match(call, { outcome: 'busy', webhooks: [{ path: '/dialed' }] })
  t.equal(call.explain, undefined)
})

t.test('the list of recent calls can be narrowed', async (t) => {
  const { post, api } = replica(CONFIG)
  for (const [at, From] of ['+4930', '+4940', '+4930'].entries())
    await post('/voice', { CallSid: `CA${at}`, From })
  const sids = async (query: string) =>
    (await api(`/api/calls?${query}`)).json().calls.map(({ callSid }: { callSid: string }) => callSid)
  t.same(await sids('number=%2B4930'), ['CA2', 'CA0'])
  t.same(await sids('number=15551230001&limit=1'), ['CA2'])
  t.equal((await api('/api/calls?limit=many')).statusCode, 400)
  t.equal((await api('/api/calls/recent/CA7')).statusCode, 404)
})

t.test('the last thousand calls are kept with their webhooks', (t) => {
  const book = new CallBook()
  for (let at = 0; at < 1_001; at += 1) book.open(`CA${at}`, NOW)
  t.equal(book.recent().length, 1_000)
  t.same([book.recent()[0]?.callSid, book.recent().at(-1)?.callSid], ['CA1000', 'CA1'])
  t.end()
})

t.test('a call that comes in again and again is remembered within limits', async (t) => {
  const { post, service } = replica(CONFIG)
  for (let at = 0; at < 60; at += 1) {
    const tried = encodeURIComponent(Array(at).fill('serverError:a').join('^'))
    await post(`/dialed?dial=main&hop=a&next=b&tried=${tried}`, { ...FAILED, DialCallSid: `CA${at}` })
  }
  t.equal(service.book.find(SID)?.hops.length, 50)
  const { book } = service
  const [call, other] = [book.find(SID)!, book.open('CA7', NOW)]
  const [first] = book.webhooksOf(call)
  for (let at = 0; at < 600; at += 1) book.noteWebhook(other, { ...first!, twiml: 'ä'.repeat(30_000) }, [])
  t.same(book.webhooksOf(call), [])
  t.equal(book.webhooksOf(other).length, 400, '25 MB of 60 kB each')
  book.noteWebhook(other, { ...first!, twiml: 'x'.repeat(10_000_000) }, [])
  t.equal(book.webhooksOf(other).length, 400, 'one that is too long is left out')
})

t.test('a ring buffer gives the last records as they were written', (t) => {
  const record = fc.array(fc.string({ unit: 'binary', maxLength: 9 }), { minLength: 2, maxLength: 2 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.array(record, { maxLength: 60 }), (blocks, records) => {
      const ring = new RecordRingBuffer(blocks, 200)
      const places = records.map((texts) => ring.append(texts))
      const read = places.map((place) => ring.read(place!, 2))
      const gone = read.filter((texts) => texts === undefined).length
      t.same(read.slice(gone), records.slice(gone))
      t.equal(read.lastIndexOf(undefined), gone - 1, 'the oldest go first')
      t.ok(gone <= Math.max(0, records.length - 1), 'the last one is there')
    }),
  )
  t.end()
})

t.test('a call without hops ends as its last verb', (t) => {
  const record = new CallBook().open('CA1', NOW)
  t.equal(callOutcome(record, 'reject'), 'reject')
  noteOutcome(record, 'a', 'busy', NOW)
  t.equal(callOutcome(record, 'reject'), 'busy')
  t.end()
})
