import { valuesOf } from '../call/values.js'
import type { ErrorCode } from '../errors/codes.js'
import type { Problem } from '../errors/problem.js'
import { unknownName } from '../errors/references.js'
import type { Config, Endpoint } from '../model/config.js'
import { isE164, parseAddress } from '../numbers/address.js'
import { checkHeader } from '../sip/header.js'
import { parseSipUri } from '../sip/parse-uri.js'
import { transportWarning } from '../sip/providers.js'
import { fillSipUri, lengthError, type SipUri, withHeaders, withParameter } from '../sip/uri.js'
import { hasHoles } from '../template/template.js'
import type { CallSource, Findings } from './call-request.js'

/** Who is called: the `To` for Twilio, and what the endpoint adds to the call. */
export interface CalledParty {
  readonly to: string
  readonly sipAuthUsername?: string | undefined
  readonly sipAuthPassword?: string | undefined
}

type Fill = (name: string) => string

const URI_KEYS = ['headers', 'transport', 'region', 'edge', 'secure'] as const
const SIP_KEYS = [...URI_KEYS, 'sipAuthUsername', 'sipAuthPassword']

/** Takes the place of a `to` that cannot be read, so that the errors of the other keys are found all the same. */
const STAND_IN = parseSipUri('sip:jack@example.com', () => false).value!

/** Reads `to` with the other keys of its SIP URI. Undefined when there is no such party; errors are added. */
export function calledParty(source: CallSource, config: Config, findings: Findings): CalledParty | undefined {
  const to = source.to!
  if (isE164(to)) return phoneNumber(to, source, findings)
  if (source.byoc !== undefined) findings.add(onlyPhone, 'byoc')
  const { user, endpoint } = namedEndpoint(to, config)
  if (!endpoint && !/[:@]/.test(to)) return unknown(source, config, findings)
  const filled = endpoint ? fillEndpoint(endpoint, user, source, findings) : bareUri(source, findings)
  if (filled === undefined) return undefined
  const { username, password } = endpoint?.attributes ?? {}
  if (source.sipAuthPassword !== undefined && (source.sipAuthUsername ?? username) === undefined)
    findings.add(usernameMissing, 'sipAuthPassword')
  return { to: filled, sipAuthUsername: username, sipAuthPassword: password }
}

function phoneNumber(to: string, source: CallSource, findings: Findings): CalledParty {
  for (const key of SIP_KEYS) if (source[key] !== undefined) findings.add(onlySip(key), key)
  return { to }
}

/** `frankfurt`, or `100@frankfurt` for a user there; a name holds no at sign, so the last one divides. */
function namedEndpoint(
  to: string,
  { endpoints }: Config,
): { user?: string; endpoint?: Endpoint | undefined } {
  const at = to.lastIndexOf('@')
  if (at < 0) return { endpoint: endpoints.get(to) }
  return { user: to.slice(0, at), endpoint: endpoints.get(to.slice(at + 1)) }
}

function unknown(source: CallSource, { endpoints }: Config, findings: Findings): undefined {
  findings.add({ ...unknownName('endpoint', source.to!, endpoints), expected: PARTIES }, 'to')
  completed(STAND_IN, source, () => '', findings)
}

/** What is looked at when the other keys are in the URI. */
const LATER: readonly ErrorCode[] = ['sip-password', 'sip-transport-provider']

function bareUri(source: CallSource, findings: Findings): string | undefined {
  const { value, problems } = parseSipUri(source.to!, () => false)
  findings.addAll(
    problems.filter(({ code }) => !LATER.includes(code)),
    'to',
  )
  return completed(value ?? STAND_IN, source, () => '', findings)
}

/** An endpoint whose user part is a template needs a user who is called there; another one must not have one. */
function checkUser({ name, uri }: Endpoint, user: string | undefined, findings: Findings): void {
  const open = uri!.user !== null && hasHoles(uri!.user)
  if (open !== (user !== undefined && user !== ''))
    findings.add(open ? userMissing(name) : userFixed(name), 'to')
}

function fillEndpoint(
  endpoint: Endpoint,
  named: string | undefined,
  source: CallSource,
  findings: Findings,
): string | undefined {
  checkUser(endpoint, named, findings)
  const user = named ?? ''
  const from = parseAddress(source.from ?? '')
  const call = {
    ...{ callSid: '', accountSid: '', sipDomain: '', attestation: 'none' as const, forwardedFrom: undefined },
    ...{ to: parseAddress(user), from, params: { To: user, From: from.text } },
  }
  return completed(endpoint.uri!, source, valuesOf(call, { wild: user, values: undefined }), findings)
}

/** The text of the URI with the parameters and headers of the request, without those that have an error. */
function completed(uri: SipUri, source: CallSource, fill: Fill, findings: Findings): string | undefined {
  if (uri.password !== null) findings.add(passwordInParty, 'to')
  const placed = (['transport', 'region', 'edge', 'secure'] as const).reduce(
    (so, key) => added(so, key, source[key], findings),
    uri,
  )
  findings.addAll(transportWarning(placed), 'to')
  const whole = withAllHeaders(placed, source.headers ?? {}, findings)
  const filled = fillSipUri(whole, fill)
  const tooLong = lengthError(filled)
  if (tooLong) findings.add(tooLong, 'to')
  return 'text' in filled ? filled.text : undefined
}

function added(uri: SipUri, key: string, value: string | boolean | undefined, findings: Findings): SipUri {
  if (value === undefined) return uri
  const longer = withParameter(uri, key, String(value))
  findings.addAll(longer.problems, key)
  return longer.value ?? uri
}

function withAllHeaders(uri: SipUri, headers: Readonly<Record<string, string>>, findings: Findings): SipUri {
  const read = Object.entries(headers).flatMap(([name, text]) => {
    const { value, problems } = checkHeader(name, [text])
    findings.addAll(problems, 'headers', name)
    return value ?? []
  })
  const longer = withHeaders(uri, read)
  findings.addAll(longer.problems, 'headers')
  return longer.value ?? uri
}

const PARTIES = 'a SIP URI, the name of an endpoint, USER@ENDPOINT, or a phone number in E.164 form'

/** Twilio repeats `To` in every webhook of the call, and logs and the API show it. */
const passwordInParty: Problem = {
  code: 'wrong-value',
  message: 'the SIP URI that is called holds a password, which logs and webhooks would show',
  expected: 'a SIP URI without a password',
  help: 'write sipAuthUsername and sipAuthPassword, or at an endpoint username and password',
}

function userMissing(endpoint: string): Problem {
  return {
    code: 'template-name',
    message: `the URI of endpoint ${endpoint} has a template for its user, and nothing says who is called`,
    expected: `USER@${endpoint}`,
    found: endpoint,
    help: `write 100@${endpoint} to call 100 there`,
  }
}

function userFixed(endpoint: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `the URI of endpoint ${endpoint} says itself who is called`,
    expected: endpoint,
    found: `USER@${endpoint}`,
    help: `write ${endpoint}`,
  }
}

const onlyPhone: Problem = {
  code: 'conflicting-keys',
  message: 'byoc is a trunk to the telephone network, and a SIP URI is called',
  expected: 'byoc with a phone number',
  found: 'byoc',
  help: 'remove byoc, or call a phone number',
}

export const usernameMissing: Problem = {
  code: 'missing-key',
  message: 'sipAuthPassword has no effect without sipAuthUsername',
  expected: 'sipAuthUsername as well',
  help: 'add sipAuthUsername, or remove sipAuthPassword',
}

function onlySip(key: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `${key} belongs to a SIP URI, and a phone number is called`,
    expected: `${key} with a SIP URI`,
    found: key,
    help: `remove ${key}`,
  }
}
