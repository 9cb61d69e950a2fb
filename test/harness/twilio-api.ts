import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the mock does with the next request instead of answering it. */
export type Mishap = 'reset' | 'slow' | { readonly status: number; readonly body: unknown }

export interface Received {
  readonly method: string
  readonly path: string
  readonly user: string
  readonly params: URLSearchParams
}

type Resource = Record<string, unknown>

/** A small Twilio REST API on loopback: calls, numbers and the like in pages of 50, subaccounts, and mishaps on demand. */
export interface TwilioApi {
  readonly url: string
  readonly received: Received[]
  readonly mishaps: Mishap[]
  /** By account SID. */
  readonly numbers: Map<string, Resource[]>
  /** Others by account SID and list: `AC… SIP/Domains`, `AC… Trunks`. */
  readonly others: Map<string, Resource[]>
  readonly accounts: Resource[]
  /** Active regions by number; others are unknown. */
  readonly regions: Map<string, string>
  close(): Promise<void>
}

const PAGE = 50
const CALL_SID = `CA${'c'.repeat(32)}`
export const TOO_MANY: Mishap = {
  status: 429,
  body: { code: 20429, message: 'Too Many Requests', status: 429 },
}

/** `credentials` are `user:password`; others get error 20003. */
export async function startTwilioApi(credentials: readonly string[]): Promise<TwilioApi> {
  const received: Received[] = []
  const mishaps: Mishap[] = []
  const numbers = new Map<string, Resource[]>()
  const others = new Map<string, Resource[]>()
  const accounts: Resource[] = []
  const regions = new Map<string, string>()
  const server = createServer(async (request, response) => {
    const body = await textOf(request)
    const url = new URL(request.url!, 'http://mock')
    const login = Buffer.from(request.headers.authorization?.split(' ')[1] ?? '', 'base64').toString()
    const params = request.method === 'POST' ? new URLSearchParams(body) : url.searchParams
    received.push({ method: request.method!, path: url.pathname, user: login.split(':')[0]!, params })
    const mishap = mishaps.shift()
    if (mishap === 'reset') return void request.socket.destroy()
    if (mishap === 'slow') await new Promise((done) => setTimeout(done, 100))
    else if (mishap) return reply(response, mishap.status, mishap.body)
    if (!credentials.includes(login))
      return reply(response, 401, { code: 20003, message: 'Authenticate', status: 401 })
    const [status, answer] = answerOf(request.method!, url, params, login.split(':')[0]!)
    reply(response, status, answer)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    mishaps,
    numbers,
    others,
    accounts,
    regions,
    close: () => {
      server.closeAllConnections()
      return new Promise<void>((done) => server.close(() => done()))
    },
  }

  function answerOf(method: string, url: URL, params: URLSearchParams, user: string): [number, unknown] {
    if (url.pathname === '/2010-04-01/Accounts.json') return [200, { accounts, next_page_uri: null }]
    const asked = /^\/v2\/PhoneNumbers\/(.*)$/.exec(url.pathname)
    if (asked) {
      const region = regions.get(decodeURIComponent(asked[1]!))
      return region
        ? [200, { voice_region: region }]
        : [404, { code: 20404, message: 'not found', status: 404 }]
    }
    const [, account = '', what = '', sid] = PATH.exec(url.pathname) ?? []
    if (what === 'Calls') return method === 'POST' && !sid ? [201, call(params)] : callOf(sid!, params)
    const [, list = what, one = sid] = V1_PATH.exec(url.pathname) ?? []
    const own = account || user
    const all = list === 'IncomingPhoneNumbers' ? numbers.get(own) : others.get(`${own} ${list}`)
    if (list === 'ByocTrunks' && !all) return [404, { code: 20404, message: 'not found', status: 404 }]
    if (one) return [200, Object.assign(all!.find((found) => found.sid === one)!, changes(params))]
    return [200, pageOf(list, all ?? [], url, Number(params.get('Page') ?? 0))]
  }
}

const PATH = /\/Accounts\/(\w+)\/(SIP\/Domains|\w+)(?:\/(\w+))?\.json$/
const V1_PATH = /^\/v1\/(Trunks|ByocTrunks)(?:\/(\w+))?$/

/** What the lists of a page are called. */
const KEYS: Readonly<Record<string, string>> = {
  IncomingPhoneNumbers: 'incoming_phone_numbers',
  Applications: 'applications',
  'SIP/Domains': 'domains',
  Trunks: 'trunks',
  ByocTrunks: 'byoc_trunks',
}

function pageOf(list: string, all: readonly Resource[], { pathname }: URL, page: number): Resource {
  const key = KEYS[list]!
  const next = (page + 1) * PAGE < all.length ? `${pathname}?Page=${page + 1}` : null
  const found = { [key]: all.slice(page * PAGE, (page + 1) * PAGE) }
  if (pathname.startsWith('/2010')) return { ...found, next_page_uri: next }
  return { ...found, meta: { key, next_page_url: next && `https://${list.toLowerCase()}.twilio.com${next}` } }
}

function call(params: URLSearchParams): Resource {
  return {
    sid: CALL_SID,
    status: 'queued',
    direction: 'outbound-api',
    to: params.get('To'),
    from: params.get('From'),
    start_time: null,
  }
}

function callOf(sid: string, params: URLSearchParams): [number, unknown] {
  if (sid !== CALL_SID)
    return [404, { code: 20404, message: 'not found', more_info: 'https://twil.io/20404', status: 404 }]
  const status = params.get('Status') ?? 'in-progress'
  const start_time = 'Fri, 20 Nov 2026 09:00:00 +0000'
  return [
    200,
    {
      ...call(new URLSearchParams({ To: 'sip:a:secret@b.example', From: 'x' })),
      status,
      start_time,
      end_time: start_time,
    },
  ]
}

/** `VoiceUrl` of a request is `voice_url` of the resource. */
function changes(params: URLSearchParams): Resource {
  return Object.fromEntries(
    [...params].map(([name, value]) => [name.replace(/(?<!^)[A-Z]/g, '_$&').toLowerCase(), value]),
  )
}

/** The whole body of a request. */
export async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of request) text += piece
  return text
}

/** Answers with JSON. */
export function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
