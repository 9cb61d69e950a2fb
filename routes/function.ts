import { TwimlWriter } from '../src/actions/twiml-writer.js'
import { ANSWERS, answerScreen, calledBy, failedPage, type PageRequest } from '../src/answer.js'
import { type Call, missingText, parameter, parseCall } from '../src/call/call.js'
import { lastResort } from '../src/decide.js'
import { readPlan, URL_KEYS } from '../src/dial/plan.js'
import { ALL_UP } from '../src/model/state.js'
import { noParameters } from '../src/twilio/parameters.js'
import { EMPTY_TWIML, REJECT_TWIML } from '../src/xml/document.js'
import { type OpenAsset, openAsset } from './config-asset.js'
import { maskNumbers } from './mask-numbers.js'

// The edge to Twilio's runtime for functions, as the rest of this folder is the one to HTTP. `npm run build` bundles it
// with all that it imports; `dialsip export function` puts the bundle next to the config.

/** A page of the function, and the parts of Twilio's runtime that it needs. */
interface FunctionPage {
  /** Reads the config's asset. */
  readonly open: () => string
  /** `Twilio.Response`. */
  readonly Response: new () => FunctionResponse
}

interface FunctionResponse {
  setStatusCode(code: number): void
  appendHeader(name: string, value: string): void
  /** An object becomes JSON. */
  setBody(body: string | object): void
}

/** The variables of the service, and what Twilio adds to them. */
type FunctionContext = Readonly<Record<string, unknown>>

/** Query and form in one, and `request` with the headers. */
type FunctionEvent = Readonly<Record<string, unknown>>

type FunctionHandler = (
  context: FunctionContext,
  event: FunctionEvent,
  callback: (error: null, response: FunctionResponse) => void,
) => void

/** An answer, whatever it is sent with. */
interface FunctionAnswer {
  readonly status: number
  readonly type: string
  readonly body: string | object
}

/** A config that answers calls. */
interface ActiveAsset extends OpenAsset {
  readonly writer: TwimlWriter
}

/**
 * What a function exports as its `handler`: `path` is that of its page. Twilio has checked the signature already, since
 * the functions are protected. A live call always gets valid TwiML; errors go into the function's log.
 */
export function handlerFor(path: string, { open, Response }: FunctionPage): FunctionHandler {
  let active: ActiveAsset | undefined
  return function handler(context, event, callback) {
    const { status, type, body } = answer(context, askedIn(event))
    const response = new Response()
    response.setStatusCode(status)
    response.appendHeader('Content-Type', type)
    response.setBody(body)
    callback(null, response)
  }

  function answer(context: FunctionContext, asked: PageRequest): FunctionAnswer {
    if (CALLBACKS.includes(path)) return { status: 204, type: 'text/plain', body: '' }
    try {
      active ??= activate(open(), context)
    } catch (error) {
      console.error('the config cannot be read; the call is rejected', error)
      return twiml(REJECT_TWIML)
    }
    if (path === 'revision') return { status: 200, type: 'application/json', body: active.label }
    if (!isOwn(active, asked)) return { status: 403, type: 'text/plain', body: '' }
    return pageAnswer(path, active, asked)
  }
}

/** Callbacks want no TwiML, and without state there is nothing to note. */
const CALLBACKS = ['status', 'recording']

function activate(text: string, context: FunctionContext): ActiveAsset {
  const asset = openAsset(text, context, baseOf(context))
  for (const name of asset.missing) console.error(`the variable ${name} of the service is not set`)
  return { ...asset, writer: new TwimlWriter(asset.config.publicUrl) }
}

/** Twilio's toolkit runs functions on localhost, without TLS. */
function baseOf({ DOMAIN_NAME }: FunctionContext): string {
  const host = String(DOMAIN_NAME)
  return `${/^localhost(:|$)/.test(host) ? 'http' : 'https'}://${host}`
}

/** Takes query and form apart again. */
function askedIn(event: FunctionEvent): PageRequest {
  const [params, query] = [noParameters(), noParameters()]
  for (const [name, value] of Object.entries(event)) {
    if (typeof value === 'string') (URL_KEYS.has(name) ? query : params)[name] = value
    else if (Array.isArray(value)) params[name] = value.map(String)
  }
  return { params, query }
}

/** The server refuses accounts that are not in the config, whose signatures it cannot check. */
function isOwn({ config }: ActiveAsset, { params }: PageRequest): boolean {
  const account = parameter(params, 'AccountSid')
  return config.insecureSkipSignature || config.accounts.some(({ sid }) => sid === account)
}

function pageAnswer(path: string, active: ActiveAsset, given: PageRequest): FunctionAnswer {
  const failed = path === 'voice' ? failedPage(given.params) : undefined
  const page = failed?.path ?? path
  const asked = failed ? { ...given, query: failed.query } : given
  const parsed = parseCall(asked.params, calledBy(page, asked))
  if (page === 'screen')
    return twiml('call' in parsed ? screenTwiml(active, parsed.call, asked) : EMPTY_TWIML)
  if ('missing' in parsed)
    return { status: 400, type: 'text/plain', body: `${missingText(parsed.missing)}\n` }
  return twiml(callTwiml(page as keyof typeof ANSWERS, active, parsed.call, asked))
}

function twiml(body: string): FunctionAnswer {
  return { status: 200, type: 'text/xml; charset=utf-8', body }
}

function callTwiml(
  page: keyof typeof ANSWERS,
  { config, writer }: ActiveAsset,
  call: Call,
  asked: PageRequest,
): string {
  const now = Date.now()
  const { callSid } = call
  try {
    const { route, rule, reason, steps } = ANSWERS[page](config, call, asked, now, ALL_UP)
    const why = JSON.stringify({ route, rule, reason })
    console.info(`${callSid}: ${config.maskNumbers ? maskNumbers(why) : why}`)
    return writer.write(steps)
  } catch (error) {
    console.error(`${callSid}: the decision failed; the call gets the last resort`, error)
  }
  try {
    return writer.write(lastResort(config, call, readPlan(asked.query), now))
  } catch (error) {
    console.error(`${callSid}: the last resort failed as well; the call is rejected`, error)
    return REJECT_TWIML
  }
}

/** Two people are on the line: on any error the call is put through. */
function screenTwiml({ config }: ActiveAsset, call: Call, asked: PageRequest): string {
  try {
    return answerScreen(config, call, asked)?.twiml ?? EMPTY_TWIML
  } catch (error) {
    console.error(`${call.callSid}: the screen failed; the call is put through`, error)
    return EMPTY_TWIML
  }
}
