import { isIP } from 'node:net'
import { below, type Item } from '../../errors/origin.js'
import type { Problem, Reporter } from '../../errors/problem.js'
import { type Admin, type Config, type Listen, type PublicUrl, webhookPathOf } from '../../model/config.js'
import { isLoopback } from '../../sip/host.js'
import type { Document } from '../documents.js'
import type { AdminSource } from '../schema/root.js'
import { compileAccounts } from './accounts.js'
import { setting } from './gather.js'
import { compileRest } from './rest.js'

type Settings = Pick<
  Config,
  | 'publicUrl'
  | 'listen'
  | 'admin'
  | 'insecureSkipSignature'
  | 'state'
  | 'logLevel'
  | 'maskNumbers'
  | 'accounts'
  | 'twilio'
>

const DEFAULT_LISTEN: Listen = { host: '0.0.0.0', port: 8080 }
const DEFAULT_ADMIN: Listen = { host: '127.0.0.1', port: 9090 }

/** The settings of the main file. What is missing or wrong is reported, and something harmless takes its place. */
export function compileSettings(main: Document, placeholders: boolean, report: Reporter): Settings {
  const listen = compileListen(setting('listen', main, report), DEFAULT_LISTEN, report)
  const insecure = setting('insecureSkipSignature', main, report)
  if (insecure?.value)
    report.add(isLoopback(listen.host) ? insecureSignature : insecureListen, insecure.origin)
  const logging = setting('logging', main, report)?.value
  return {
    publicUrl: compilePublicUrl(setting('publicUrl', main, report), placeholders, report),
    listen,
    admin: compileAdmin(main, placeholders, report),
    insecureSkipSignature: insecure?.value ?? false,
    state: compileState(setting('state', main, report), report),
    logLevel: logging?.level ?? 'info',
    maskNumbers: logging?.maskNumbers ?? false,
    accounts: compileAccounts(setting('accounts', main, report), placeholders, report),
    twilio: compileRest(setting('twilio', main, report), report),
  }
}

/** What the path of `publicUrl` cannot hold: escapes, which proxies rewrite, and the signs of the router. */
const ODD = /%[\dA-F]{2}|[%:*]/i

/** The URL that Twilio calls: origin and path, without a slash at the end. */
function compilePublicUrl(
  written: Item<string> | undefined,
  placeholders: boolean,
  report: Reporter,
): PublicUrl {
  const given = written?.value ?? 'https://unknown.invalid'
  const text = placeholders && given.startsWith('placeholder-') ? `https://${given}.invalid` : given
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.search ||
    url.hash ||
    url.username ||
    ODD.test(url.pathname)
  ) {
    report.add(notPublic(text), written!.origin)
    return { href: text, origin: '', protocol: 'https:', host: '', path: '' }
  }
  const path = url.pathname.replace(/\/+$/, '')
  const origin = asWritten(url.origin, text)
  const page = webhookPathOf(path)
  if (page) report.add(endsInPage(origin + path, page), written!.origin)
  return {
    href: origin + path,
    origin,
    protocol: url.protocol as 'https:',
    host: url.host,
    path,
  }
}

/** Twilio signs a URL as it was given; the signature check tries a host in other letter case as well. */
function asWritten(origin: string, text: string): string {
  const written = text.slice(0, origin.length)
  return written.toLowerCase() === origin ? written : origin
}

function endsInPage(found: string, page: string): Problem {
  const meant = found.slice(0, -page.length)
  return {
    code: 'public-url-path',
    message: `publicUrl ends in ${page}, which dialsip adds by itself: it would answer calls at ${found}/voice`,
    expected: `the URL without ${page}`,
    found,
    help: `write ${meant}; the URL of the number at Twilio is then ${meant}/voice`,
  }
}

function notPublic(found: string): Problem {
  return {
    code: 'public-url',
    message: `"${found}" is not a URL that Twilio can call`,
    expected: 'an http or https URL without user, query and fragment, its path in plain letters and digits',
    found,
    help: `write ${publicForm(found)}`,
  }
}

/** The same URL with what it may have only; an example if it is none. */
function publicForm(found: string): string {
  const meant = /^https?:\/\//.test(found) ? found : `https://${found}`
  if (/^[a-z]+:/.test(found.replace(/^https?:/, '')) || !URL.canParse(meant))
    return 'https://voice.example.com'
  const { origin, pathname } = new URL(meant)
  const path = pathname.replace(/\/+$/, '').replaceAll(new RegExp(ODD, 'gi'), '-')
  const page = webhookPathOf(path)
  return origin + (page ? path.slice(0, -page.length) : path)
}

/** `host:port`; an IPv6 address is in brackets. Port 0 takes any that is free. */
function compileListen(
  written: Item<string | undefined> | undefined,
  byDefault: Listen,
  report: Reporter,
): Listen {
  const text = written?.value
  if (text === undefined) return byDefault
  const [, host = '', port = ''] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(text)?.filter((part) => part !== undefined) ?? []
  if (port !== '' && Number(port) <= 65_535) return { host: host || '0.0.0.0', port: Number(port) }
  report.add(notAnAddress(text, byDefault), written!.origin)
  return byDefault
}

function notAnAddress(found: string, byDefault: Listen): Problem {
  const host = /^[\w.-]*[A-Za-z.][\w.-]*$/.test(found) ? found : byDefault.host
  const port = /^\d{1,5}$/.test(found) ? found : byDefault.port
  return {
    code: 'listen-address',
    message: `"${found}" is not an address to listen on`,
    expected: 'host:port, the port from 0 to 65535',
    found,
    help: `write ${host}:${port}`,
  }
}

/** The admin listener; undefined where it is switched off. */
export function compileAdmin(main: Document, placeholders: boolean, report: Reporter): Admin | undefined {
  const written: Item<AdminSource | undefined> | undefined = setting('admin', main, report)
  if (written?.value === 'off') return undefined
  const { listen: address, tokens = [], hosts = [] } = written?.value ?? {}
  const listen = compileListen(
    address === undefined ? undefined : { value: address, origin: below(written!.origin, 'listen') },
    DEFAULT_ADMIN,
    report,
  )
  if (!isLoopback(listen.host) && tokens.length === 0) report.add(adminOpen, below(written!.origin, 'listen'))
  for (const [at, token] of tokens.entries()) {
    if (token.length < SHORTEST_TOKEN && !(placeholders && token.startsWith('placeholder-')))
      report.add(tokenShort(token.length), below(written!.origin, 'tokens', at))
  }
  const names = isIP(listen.host) ? hosts : [...hosts, listen.host]
  return { listen, tokens, hosts: names.map(plainHost) }
}

/** In characters; a random one of this length is not guessed over a network. */
const SHORTEST_TOKEN = 16

/** As a request names it. */
function plainHost(written: string): string {
  return written.toLowerCase().replace(/\.$/, '')
}

/** `memory`, or the URL of a Redis. */
function compileState(written: Item<string | undefined> | undefined, report: Reporter): string | undefined {
  const text = written?.value ?? 'memory'
  if (text === 'memory') return undefined
  if (!URL.canParse(text) || !/^rediss?:$/.test(new URL(text).protocol))
    report.add(notState(text), written!.origin)
  return text
}

/** What was found is not repeated: it may hold a password. */
function notState(text: string): Problem {
  return {
    code: 'wrong-value',
    message: `state is neither memory nor the URL of a Redis${text.includes('://') ? '' : ', it lacks redis://'}`,
    expected: 'memory, or a URL such as redis://redis.internal:6379',
    help: 'write redis://HOST:PORT, or rediss:// for TLS',
  }
}

const adminOpen: Problem = {
  code: 'admin-open',
  message: 'the admin listener can be reached from outside and asks for no token',
  expected: 'admin.tokens, or an admin.listen on loopback',
  help: 'add admin.tokens: ["${ADMIN_TOKEN}"]',
}

/** The token itself is not repeated. */
function tokenShort(length: number): Problem {
  return {
    code: 'admin-token',
    message: `a token of ${length} characters can be guessed`,
    expected: `at least ${SHORTEST_TOKEN} characters`,
    help: 'make one with `openssl rand -hex 32`',
  }
}

const insecureListen: Problem = {
  code: 'insecure-listen',
  message: 'without the signature check anyone who reaches this address is taken for Twilio',
  expected: 'a listen on loopback, such as 127.0.0.1:8080',
  help: 'listen on 127.0.0.1, or remove insecureSkipSignature',
}

const insecureSignature: Problem = {
  code: 'insecure-signature',
  message: 'the signature of requests is not checked',
  expected: 'false outside of experiments',
  help: 'remove insecureSkipSignature',
}
