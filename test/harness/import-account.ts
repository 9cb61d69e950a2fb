import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import twilio from 'twilio'
import { reply, textOf } from './twilio-api.js'

type Resource = Readonly<Record<string, unknown>>

/** What the mock holds: all that `dialsip import` asks for, of one or several accounts. */
export interface MockAccount {
  readonly sid: string
  readonly token: string
  readonly numbers: readonly Resource[]
  readonly applications?: readonly Resource[]
  readonly domains?: readonly Resource[]
  readonly trunks?: readonly (Resource & { readonly urls: readonly Resource[] })[]
  readonly byoc?: readonly Resource[]
  readonly flows?: readonly (Resource & { readonly definition: unknown })[]
  /** TwiML by the SID of its bin. */
  readonly bins?: Readonly<Record<string, string>>
  /** Bins that are given out for a POST only. */
  readonly postOnly?: readonly string[]
  /** Regions by number; others are unknown. */
  readonly regions?: Readonly<Record<string, string>>
}

/** An answer in place of the right one. */
interface Refused {
  readonly path: RegExp
  readonly status: number
  readonly code?: number
  /** How often. */
  times: number
}

export interface ImportMock {
  readonly url: string
  /** `GET /path` of each request. */
  readonly received: string[]
  readonly refusals: Refused[]
  close(): Promise<void>
}

/**
 * Twilio's hosts on one loopback port, as `--api-base-url` wants them: REST lists in pages, with the next page named by its
 * real host where Twilio does so, and TwiML Bins for anyone who signs with the account's token.
 */
export async function startImportMock(accounts: readonly MockAccount[]): Promise<ImportMock> {
  const received: string[] = []
  const refusals: Refused[] = []
  const server = createServer(async (request, response) => {
    const url = new URL(request.url!, 'http://mock')
    received.push(`${request.method} ${url.pathname}`)
    const refusal = refusals.find((one) => one.times > 0 && one.path.test(request.url!))
    if (refusal) {
      refusal.times -= 1
      return reply(response, refusal.status, {
        code: refusal.code,
        message: 'refused',
        status: refusal.status,
      })
    }
    if (url.pathname.startsWith('/twiml/')) return bin(request, url, response)
    const account = loggedIn(request)
    if (!account) return reply(response, 401, { code: 20003, message: 'Authenticate', status: 401 })
    const found = resource(account, url)
    reply(response, found ? 200 : 404, found ?? { code: 20404, message: 'not found', status: 404 })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    refusals,
    close: () => {
      server.closeAllConnections()
      return new Promise<void>((done) => server.close(() => done()))
    },
  }

  function loggedIn({ headers }: IncomingMessage): MockAccount | undefined {
    const login = Buffer.from(headers.authorization?.split(' ')[1] ?? '', 'base64').toString()
    return accounts.find(({ sid, token }) => [`${sid}:${token}`, 'SKkey:secret'].includes(login))
  }

  /** Who calls a bin is named by AccountSid and proved by the signature, on the URL that Twilio itself would call. */
  async function bin(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    const isPost = request.method === 'POST'
    const form = new URLSearchParams(isPost ? await textOf(request) : '')
    const given = isPost ? form : url.searchParams
    const account = accounts.find(({ sid }) => sid === given.get('AccountSid'))
    const signature = String(request.headers['x-twilio-signature'])
    const signed = `https://handler.twilio.com${request.url}`
    const sid = url.pathname.split('/')[2]!
    const xml = account?.bins?.[sid]
    const isSigned =
      account && twilio.validateRequest(account.token, signature, signed, Object.fromEntries(form))
    if (!isSigned || xml === undefined || (!isPost && account.postOnly?.includes(sid)))
      return void response.writeHead(403).end()
    const filled = xml.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => given.get(name) ?? '')
    response.writeHead(200, { 'content-type': 'text/xml' }).end(filled)
  }

  function resource(account: MockAccount, url: URL): unknown {
    const { pathname } = url
    const { applications = [], domains = [], trunks = [], byoc = [], flows = [], regions = {} } = account
    const number = /^\/v2\/PhoneNumbers\/(.*)$/.exec(pathname)?.[1]
    if (number !== undefined) {
      const region = regions[decodeURIComponent(number)]
      return region && { phone_number: number, voice_region: region }
    }
    const own = `/2010-04-01/Accounts/${account.sid}`
    if (pathname === '/2010-04-01/Accounts.json') {
      const all = accounts.map(({ sid, token }) => ({
        sid,
        friendly_name: `Office ${sid[2]}`,
        auth_token: token,
      }))
      return oldPage('accounts', all, url)
    }
    if (pathname === `${own}/IncomingPhoneNumbers.json`)
      return oldPage('incoming_phone_numbers', account.numbers, url)
    if (pathname === `${own}/Applications.json`) return oldPage('applications', applications, url)
    if (pathname === `${own}/SIP/Domains.json`) return oldPage('domains', domains, url)
    if (pathname === '/v1/Trunks') return newPage('trunking', 'trunks', trunks, url)
    const trunk = trunks.find(({ sid }) => pathname === `/v1/Trunks/${sid}/OriginationUrls`)
    if (trunk) return newPage('trunking', 'origination_urls', trunk.urls, url)
    if (pathname === '/v1/ByocTrunks' && account.byoc) return newPage('voice', 'byoc_trunks', byoc, url)
    if (pathname === '/v2/Flows')
      return newPage(
        'studio',
        'flows',
        flows.map(({ definition: _, ...flow }) => flow),
        url,
      )
    return flows.find(({ sid }) => pathname === `/v2/Flows/${sid}`)
  }
}

/** Smaller than what is asked for, as Twilio may do. */
const PAGE = 30

function oldPage(key: string, all: readonly Resource[], url: URL): unknown {
  const { from, more } = place(all, url)
  return { [key]: all.slice(from, from + PAGE), next_page_uri: more ? `${url.pathname}?Page=${more}` : null }
}

function newPage(host: string, key: string, all: readonly Resource[], url: URL): unknown {
  const { from, more } = place(all, url, 2)
  const next = more ? `https://${host}.twilio.com${url.pathname}?Page=${more}` : null
  return { [key]: all.slice(from, from + 2), meta: { key, next_page_url: next } }
}

function place(all: readonly Resource[], url: URL, size = PAGE) {
  const page = Number(url.searchParams.get('Page') ?? 0)
  return { from: page * size, more: (page + 1) * size < all.length ? page + 1 : undefined }
}
