import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import type { ContextManager, Link, SpanOptions, Tracer } from '@opentelemetry/api'
import t from 'tap'
import { isTraced } from '../../routes/spans.js'
import { CallBook } from '../../src/calls/call-book.js'
import { actionOf } from '../harness/callback-urls.js'
import { CONFIG, FAILED, SID } from '../harness/recorded-call.js'
import { NOW, replica } from '../harness/replica.js'

// the build that dialsip takes: of another one, an SDK must have been there before
const otel = createRequire(import.meta.url)('@opentelemetry/api') as typeof import('@opentelemetry/api')
const { context, ROOT_CONTEXT, SpanStatusCode, trace } = otel

interface Recorded extends SpanOptions {
  readonly name: string
  readonly traceId: string
  readonly parent: string | undefined
  readonly spanId: string
  status?: unknown
  ended?: unknown
}

const sampled = { yes: true }

/** As much of an OpenTelemetry SDK as it takes to see what is reported to it. */
function recorder(): { spans: Recorded[]; tracer: Tracer } {
  const spans: Recorded[] = []
  const startSpan: Tracer['startSpan'] = (name, options = {}, context) => {
    const parent = context && trace.getSpanContext(context)
    const spanId = String(spans.length + 1).padStart(16, '0')
    const traceId = parent?.traceId ?? '0'.repeat(31).concat('1')
    const span = {
      name,
      traceId,
      spanId,
      parent: parent?.spanId,
      attributes: {},
      links: [] as Link[],
      ...options,
    }
    spans.push(span)
    const recording = {
      isRecording: () => sampled.yes,
      spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
      setAttributes: (attributes: object) => Object.assign(span.attributes, attributes),
      setAttribute: (key: string, value: unknown) => Object.assign(span.attributes, { [key]: value }),
      setStatus: (status: unknown) => Object.assign(span, { status }),
      addLink: (link: Link) => span.links.push(link),
      end: (ended: unknown) => Object.assign(span, { ended }),
    }
    return recording as unknown as ReturnType<Tracer['startSpan']>
  }
  return { spans, tracer: { startSpan } as Tracer }
}

const { spans, tracer } = recorder()

t.test('spans are made only if an SDK takes them', (t) => {
  t.equal(isTraced(), false)
  const usual = trace.getTracerProvider
  trace.getTracerProvider = () => ({ getTracer: () => tracer })
  t.equal(isTraced(), true, 'a provider of another copy of the API')
  trace.getTracerProvider = usual
  t.end()
})

t.test('an SDK may have loaded either build of the API before', (t) => {
  for (const build of [
    "await import('@opentelemetry/api')",
    "module.createRequire(process.cwd() + '/x')('@opentelemetry/api')",
  ]) {
    const program = `
      import module from 'node:module'
      const { trace } = ${build}
      trace.setGlobalTracerProvider({ getTracer: (name) => ({ startSpan: (title) => ({ isRecording: () => console.log(name, title) }) }) })
      const { isTraced, traceWebhook } = await import('./dist/routes/spans.js')
      traceWebhook({ callSid: '', path: '/voice', method: 'POST' }, {})
      console.log(isTraced())`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    })
    t.equal(stdout, 'dialsip POST /voice\ntrue\n', build)
  }
  t.end()
})

t.test('a call is one trace of webhooks, decisions and hops', async (t) => {
  trace.setGlobalTracerProvider({ getTracer: () => tracer })
  const { post, clock } = replica(CONFIG)
  const first = await post('/voice', { CallSid: SID })
  clock.now += 2000
  const second = await post(actionOf(first), FAILED)
  const names = ['POST /voice', 'decide', 'POST /dialed', 'hop a', 'decide']
  t.same(
    spans.map(({ name }) => name),
    names,
  )
  t.ok(spans.every((span) => span.traceId === SID.slice(2) && span.ended !== undefined))
  const [voice, decision, , hop] = spans
  t.match(voice, {
    parent: SID.slice(-16),
    attributes: { 'dialsip.call_sid': SID, 'http.route': '/voice' },
    links: [],
  })
  t.match(decision, {
    parent: voice!.spanId,
    attributes: { 'dialsip.route': 'main', 'dialsip.hop': 'a' },
  })
  t.match(hop, {
    parent: decision!.spanId,
    attributes: { 'dialsip.outcome': 'serverError', 'sip.response_code': 503 },
    status: { code: SpanStatusCode.ERROR },
  })
  t.same([hop!.startTime, hop!.ended], [new Date(NOW), new Date(NOW + 2000)])
  await post(actionOf(second), { CallSid: SID, DialCallStatus: 'completed' })
  t.equal(spans.find(({ name }) => name === 'hop b')?.status, undefined)
})

t.test('what is not known of a call leaves its spans whole', async (t) => {
  spans.length = 0
  const { post } = replica(CONFIG)
  await post('/status', { CallSid: 'CA1', CallStatus: 'ringing' })
  t.match(spans, [{ name: 'POST /status', parent: undefined }])
  const elsewhere = actionOf(await replica(CONFIG).post('/voice', { CallSid: SID }))
  await post(elsewhere, { CallSid: SID, DialCallStatus: 'completed' })
  t.notOk(
    spans.some(({ name }) => name.startsWith('hop')),
    'dialled by another replica',
  )
  await post('/dialed?dial=main&fingerprint=x&hop=a', { CallSid: SID, DialCallStatus: 'no-answer' })
})

t.test('a hop of a webhook that was not sampled hangs from its call', async (t) => {
  const { post } = replica(CONFIG)
  sampled.yes = false
  const first = await post('/voice', { CallSid: SID })
  sampled.yes = true
  spans.length = 0
  await post(actionOf(first), FAILED)
  t.equal(spans.find(({ name }) => name === 'hop a')?.parent, SID.slice(-16))
})

t.test('a call is answered when watching fails', async (t) => {
  const broken = Object.assign(new CallBook(), {
    find() {
      throw new Error('broken')
    },
  })
  const { post, lines } = replica(CONFIG, { book: broken })
  t.equal(await post('/recording', { CallSid: SID }), '')
  t.match(lines.at(-1), { level: 'error', path: '/recording', err: { message: 'broken' } })
})

t.test('an error of ours and an HTTP span next to it are seen', async (t) => {
  spans.length = 0
  const http = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }
  const active = () => trace.setSpanContext(ROOT_CONTEXT, http)
  context.setGlobalContextManager({ active } as unknown as ContextManager)
  const broken = Object.assign(new CallBook(), {
    open() {
      throw new Error('broken')
    },
  })
  const { post } = replica(CONFIG, { book: broken })
  await post('/status?endpoint=a', { CallSid: 'CA2', ParentCallSid: SID, CallStatus: 'ringing' })
  t.match(spans, [{ status: { code: SpanStatusCode.ERROR }, links: [{ context: http }] }])
})
