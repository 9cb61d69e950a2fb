import { createRequire } from 'node:module'
import type { Context, Span, SpanContext } from '@opentelemetry/api'
import type { CallRecord, HopRecord } from '../src/calls/call-record.js'
import type { Decided, DecisionTime } from './twiml-answer.js'

interface Answered extends DecisionTime {
  readonly callSid: string
  readonly path: string
  readonly method: string
  readonly status: number
  readonly decided: Decided | undefined
}

const require = createRequire(import.meta.url)

// the CommonJS build, because prom-client has loaded it: `import` would load the same again as ES modules
const otel = require('@opentelemetry/api') as typeof import('@opentelemetry/api')
const { context, ProxyTracerProvider, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } = otel

/** Gives spans that record nothing until the process is started with an OpenTelemetry SDK (docs/tracing.md). */
const tracer = trace.getTracer('dialsip')

/** Whether anybody takes the spans: an SDK is loaded before the server, or not at all. */
export function isTraced(): boolean {
  const provider = trace.getTracerProvider()
  if (!(provider instanceof ProxyTracerProvider)) return true
  return provider.getDelegateTracer('dialsip') !== undefined
}

/** The decision that a hop came out of, so that its span hangs below it. */
const origins = new WeakMap<HopRecord, SpanContext>()

/**
 * Reports a webhook that was answered, its decision, and the hop that ended with it. All spans of a call are one
 * trace, whichever replica they come from: its id is the CallSid without `CA`.
 */
export function traceWebhook(
  answered: Answered,
  { book }: { book: { find(sid: string): CallRecord | undefined } },
): void {
  const { callSid, path, method, status, decided, began, ended } = answered
  const call = contextOf(callSid)
  const span = tracer.startSpan(`${method} ${path}`, { kind: SpanKind.SERVER, startTime: began }, call)
  if (!span.isRecording()) return
  span.setAttributes({
    'http.request.method': method,
    'http.route': path,
    'http.response.status_code': status,
  })
  span.setAttribute('dialsip.call_sid', callSid)
  linkToCaller(span)
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
  if (decided) {
    const { hops } = book.find(callSid)!
    if (decided.note.outcome) traceHop(hops.findLast((hop) => hop.outcome)!, call)
    const decision = traceDecision(decided, trace.setSpan(call, span))
    if (decided.note.hop !== undefined) origins.set(hops.at(-1)!, decision.spanContext())
  }
  span.end(ended)
}

function traceDecision({ note, began, ended }: Decided, parent: Context): Span {
  const span = tracer.startSpan('decide', { startTime: began }, parent)
  span.setAttributes({
    'dialsip.route': note.route,
    'dialsip.rule': note.rule,
    'dialsip.verbs': [...note.verbs],
    'dialsip.reason': note.reason,
  })
  if (note.hop) span.setAttribute('dialsip.hop', note.hop)
  span.end(ended)
  return span
}

/** From the TwiML that dialled until Twilio said what came of it. */
function traceHop(hop: HopRecord, call: Context): void {
  if (hop.seconds === undefined) return
  const origin = origins.get(hop)
  const parent = origin ? trace.setSpanContext(ROOT_CONTEXT, origin) : call
  const span = tracer.startSpan(
    `hop ${hop.hop}`,
    { kind: SpanKind.CLIENT, startTime: new Date(hop.since) },
    parent,
  )
  span.setAttributes({ 'dialsip.hop': hop.hop, 'dialsip.outcome': hop.outcome })
  if (hop.code !== undefined) span.setAttribute('sip.response_code', hop.code)
  if (hop.outcome !== 'answered') span.setStatus({ code: SpanStatusCode.ERROR, message: hop.outcome })
  span.end(new Date(hop.since + hop.seconds * 1000))
}

/** An HTTP instrumentation has a span of its own for the request, in another trace. */
function linkToCaller(span: Span): void {
  const http = trace.getSpanContext(context.active())
  if (http) span.addLink({ context: http })
}

const CALL_SID = /^CA[0-9a-f]{32}$/i

/** The call as the remote parent of everything that happens in it. It has no span of its own. */
function contextOf(callSid: string): Context {
  if (!CALL_SID.test(callSid)) return ROOT_CONTEXT
  const traceId = callSid.slice(2).toLowerCase()
  const spanContext = { traceId, spanId: traceId.slice(-16), traceFlags: TraceFlags.SAMPLED, isRemote: true }
  return trace.setSpanContext(ROOT_CONTEXT, spanContext)
}
