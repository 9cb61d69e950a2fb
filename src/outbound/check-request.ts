import { z } from 'zod'
import { missingKey, unknownKey, zodProblems } from '../config/schema/zod-problems.js'
import { cannotBeCallerId } from '../dial/caller-id.js'
import { levelOf, type Problem } from '../errors/problem.js'
import { unknownName } from '../errors/references.js'
import { accountNamed, forAccount } from '../for-account.js'
import type { Account, Config } from '../model/config.js'
import { isE164 } from '../numbers/address.js'
import { CALLER_ID } from '../sip/grammar.js'
import { CALL_EVENTS } from '../twilio/attributes.js'
import { CALL_PARAMETERS } from '../twilio/call-parameters.js'
import {
  type CallParameters,
  type CallSource,
  type CheckedRequest,
  callShape,
  Findings,
} from './call-request.js'
import { type CalledParty, calledParty } from './called-party.js'
import { writtenHops } from './dial-entries.js'
import { whenAnswered } from './when-answered.js'

/**
 * Checks a request for a call by the rules of Twilio's pages "Making SIP calls" and "Call resource", before Twilio is
 * asked, and puts in what the config knows: endpoints, caller id, callbacks. All errors are found at once. Pure.
 */
export function checkCallRequest(input: unknown, config: Config): CheckedRequest {
  const findings = new Findings()
  const written = readSource(input, findings)
  const given = Object.keys(written)
  const source: CallSource = { ...written, ...(!given.includes('from') && { from: config.outbound.from }) }
  const account = accountOf(source.account, config, findings)
  const own = account ? forAccount(config, account.sid) : config
  const party = partyOf(source, given, own, findings)
  checkFrom(source, given, findings)
  checkStatusHost(source, findings)
  checkDigits(source, findings)
  const answered = whenAnswered(source, given, { config: own, whole: config, account, findings })
  const errors = findings.all.filter(({ problem }) => levelOf(problem) === 'error')
  const warnings = findings.all.filter(({ problem }) => levelOf(problem) === 'warning')
  const complete = errors.length === 0 && account && party && source.from !== undefined
  if (!complete) return { request: undefined, errors, warnings }
  const parameters = assemble(source, source.from!, party, answered, config)
  return { request: { account: account.sid, parameters }, errors, warnings }
}

function assemble(
  source: CallSource,
  from: string,
  party: CalledParty,
  answered: Readonly<Record<string, string>>,
  { publicUrl }: Config,
): CallParameters {
  const passed = CALL_PARAMETERS.map(({ name }) => [name, source[name]]).filter(
    ([, value]) => value !== undefined,
  )
  const callbacks = { statusCallback: `${publicUrl.href}/status`, statusCallbackEvent: CALL_EVENTS }
  const all = {
    ...(answered.applicationSid === undefined && callbacks),
    ...party,
    ...Object.fromEntries(passed),
    ...answered,
    from,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as CallParameters
}

function partyOf(
  source: CallSource,
  given: readonly string[],
  config: Config,
  findings: Findings,
): CalledParty | undefined {
  if (source.to !== undefined) return calledParty(source, config, findings)
  if (!given.includes('to')) findings.add(missingKey('to', 'a SIP URI or the name of an endpoint'))
  return undefined
}

/** "From" of a SIP call: alphanumerics and `+ - _ .`; of a call to the telephone network, a number. */
function checkFrom({ to, from }: CallSource, given: readonly string[], findings: Findings): void {
  if (from === undefined) {
    if (!given.includes('from')) findings.add(missingKey('from', 'a caller id, here or as outbound.from'))
  } else if (!CALLER_ID.test(from)) findings.add(cannotBeCallerId(from), 'from')
  else if (to !== undefined && isE164(to) && !isE164(from)) findings.add(notYourNumber(from), 'from')
}

function notYourNumber(found: string): Problem {
  return {
    code: 'caller-id',
    message: `"${found}" cannot be the caller id of a call to a phone number`,
    expected: 'a number of yours in E.164 form',
    found,
    help: 'write a number such as "+4930123456"',
  }
}

/** Twilio takes no status callback whose host holds an underscore, as Docker's names do. */
function checkStatusHost({ statusCallback }: CallSource, findings: Findings): void {
  const host = statusCallback === undefined ? '' : new URL(statusCallback as string).hostname
  if (!host.includes('_')) return
  findings.add(
    {
      code: 'wrong-value',
      message: `Twilio takes no status callback at "${host}", for its underscore`,
      expected: 'a host of letters, digits and dashes',
      found: host,
      help: 'use another name for the host',
    },
    'statusCallback',
  )
}

/** Twilio, "Call resource": with SendDigits there is no answering machine detection. */
function checkDigits({ sendDigits, machineDetection }: CallSource, findings: Findings): void {
  if (sendDigits === undefined || machineDetection === undefined) return
  findings.add(
    {
      code: 'conflicting-keys',
      message: 'sendDigits turns machineDetection off',
      expected: 'one of sendDigits and machineDetection',
      found: 'sendDigits',
      help: 'remove one of the two',
    },
    'sendDigits',
  )
}

function accountOf(named: string | undefined, config: Config, findings: Findings): Account | undefined {
  const account = accountNamed(config, named)
  const names = new Set(config.accounts.map(({ name }) => name))
  if (!account)
    findings.add(named === undefined ? noAccount : unknownName('account', named, names), 'account')
  return account
}

const noAccount: Problem = {
  code: 'wrong-value',
  message: 'the config has no account that could place a call',
  expected: 'an account',
  help: 'add one under accounts',
}

const KEYS = Object.keys(callShape)

/**
 * The valid values of a request, by Twilio's names in either spelling: `statusCallback` as in the SDK,
 * `StatusCallback` as in the REST API. Each key is checked by itself, so that one error hides no other.
 */
function readSource(input: unknown, findings: Findings): CallSource {
  const source: Record<string, unknown> = {}
  for (const [written, value] of Object.entries(mapOf(input, findings))) {
    const key = written.charAt(0).toLowerCase() + written.slice(1)
    if (value === undefined || value === null) continue
    if (!Object.hasOwn(callShape, key)) findings.add(unknownKey(written, KEYS), written)
    else if (key in source) findings.add(twice(key), key)
    else source[key] = validated(key, value, findings)
  }
  return source
}

function mapOf(input: unknown, findings: Findings): object {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input
  findings.add({
    code: 'wrong-type',
    message: 'a call request is a map of keys such as to and from',
    expected: 'a JSON object or a form',
  })
  return {}
}

function validated(key: string, value: unknown, findings: Findings): unknown {
  const schema = z.object({ [key]: callShape[key]! })
  const input = { [key]: key === 'dial' ? writtenHops(value) : value }
  const { data, error } = schema.safeParse(input)
  if (data) return data[key]
  for (const { problem, path } of zodProblems(error, input, schema)) findings.add(problem, ...path)
  return undefined
}

function twice(key: string) {
  return {
    code: 'conflicting-keys',
    message: `${key} is there twice, in two spellings`,
    expected: 'each parameter once',
    found: key,
    help: 'keep one of them',
  } as const
}
