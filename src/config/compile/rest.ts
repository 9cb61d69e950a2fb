import type { Problem } from '../../fault/problem.js'
import { suggest } from '../../fault/suggest.js'
import { overrideFaults, RECOMMENDED_OVERRIDES } from '../../twilio/connection-overrides.js'
import { EDGES, REGIONS } from '../../twilio/regions.js'
import type { Account, RestSettings } from '../config.js'
import type { Report } from '../report.js'
import { missingKey } from '../schema/problems.js'
import type { AccountSource, TwilioSource } from '../schema/root.js'
import type { Item } from '../shape.js'
import { below, type Origin } from '../source.js'

/** How the REST API is reached. What is wrong is reported. */
export function compileRest(
  written: Item<TwilioSource | undefined> | undefined,
  report: Report,
): RestSettings {
  const { apiBaseUrl, edge, region, voiceFallbackUrl, retries = RECOMMENDED_OVERRIDES } = written?.value ?? {}
  if (written && apiBaseUrl !== undefined) checkBaseUrl(apiBaseUrl, edge ?? region, written.origin, report)
  if (written && edge !== undefined) checkName('edge', edge, EDGES, written.origin, report)
  if (written && region !== undefined)
    checkName('region', region, Object.keys(REGIONS), written.origin, report)
  const overrides = retries === 'none' ? '' : retries
  if (written && overrides !== '') report.addAll(overrideFaults(overrides), below(written.origin, 'retries'))
  return { apiBaseUrl: apiBaseUrl?.replace(/\/+$/, ''), edge, region, voiceFallbackUrl, retries: overrides }
}

/** Credentials go over this URL, so it is encrypted, or stays on this machine. */
function checkBaseUrl(found: string, place: string | undefined, origin: Origin, report: Report): void {
  const { protocol, hostname } = new URL(found)
  const isLocal = /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname)
  if (protocol !== 'https:' && !isLocal) report.add(notEncrypted(found), below(origin, 'apiBaseUrl'))
  if (place !== undefined) report.add(baseUrlTwice, below(origin, 'apiBaseUrl'), 'key')
}

function notEncrypted(found: string): Problem {
  return {
    code: 'wrong-value',
    message: `credentials would travel to "${found}" in clear`,
    expected: 'an https URL, or an http URL on loopback',
    found,
    cure: `write ${found.replace(/^http:/, 'https:')}`,
  }
}

const baseUrlTwice: Problem = {
  code: 'conflicting-keys',
  message: 'apiBaseUrl names the whole address, so edge and region would have no effect',
  expected: 'apiBaseUrl, or edge and region',
  cure: 'keep one of them',
}

function checkName(
  key: 'edge' | 'region',
  found: string,
  known: readonly string[],
  origin: Origin,
  report: Report,
): void {
  if (known.includes(found)) return
  const meant = suggest(found, known)
  const problem: Problem = {
    code: 'sip-region',
    message: `Twilio has no ${key} "${found}"${meant ? `; did you mean "${meant}"?` : ''}`,
    expected: `one of ${known.join(', ')}`,
    found,
    cure: `write ${meant ?? known[0]}`,
  }
  report.add(problem, below(origin, key))
}

/** The API key of an account: its SID and its secret, or neither. */
export function compileApiKey(
  { apiKey: sid, apiKeySecret: secret }: AccountSource,
  origin: Origin,
  report: Report,
): Account['apiKey'] {
  if (sid !== undefined && secret !== undefined) return { sid, secret }
  if (sid !== undefined) report.add(missingKey('apiKeySecret', 'the secret of apiKey'), origin, 'key')
  if (secret !== undefined) report.add(missingKey('apiKey', 'the SID of the API key'), origin, 'key')
  return undefined
}
