import { below, type Item, type Origin } from '../../errors/origin.js'
import type { Problem, Reporter } from '../../errors/problem.js'
import { didYouMean, suggest } from '../../errors/suggest.js'
import type { Account, RestSettings } from '../../model/config.js'
import { isLoopback } from '../../sip/host.js'
import { overrideProblems, RECOMMENDED_OVERRIDES } from '../../twilio/connection-overrides.js'
import { EDGES, REGIONS, REST_REGIONS } from '../../twilio/regions.js'
import type { AccountSource, TwilioSource } from '../schema/root.js'
import { missingKey } from '../schema/zod-problems.js'

/** How the REST API is reached. What is wrong is reported. */
export function compileRest(
  written: Item<TwilioSource | undefined> | undefined,
  report: Reporter,
): RestSettings {
  const { apiBaseUrl, edge, region, voiceFallbackUrl, retries = RECOMMENDED_OVERRIDES } = written?.value ?? {}
  if (written && apiBaseUrl !== undefined) checkBaseUrl(apiBaseUrl, edge ?? region, written.origin, report)
  if (written && edge !== undefined && !EDGES.includes(edge))
    report.add(unknownEdge(edge), below(written.origin, 'edge'))
  if (written && region !== undefined && !REST_REGIONS[region])
    report.add(unknownRegion(region), below(written.origin, 'region'))
  const overrides = retries === 'none' ? '' : retries
  if (written && overrides !== '')
    report.addAll(overrideProblems(overrides), below(written.origin, 'retries'))
  return {
    apiBaseUrl: apiBaseUrl?.replace(/\/+$/, ''),
    edge: edge ?? (region === undefined ? undefined : REST_REGIONS[region]),
    region,
    voiceFallbackUrl,
    retries: overrides,
  }
}

/** Credentials go over this URL, so it is encrypted, or stays on this machine. */
function checkBaseUrl(found: string, place: string | undefined, origin: Origin, report: Reporter): void {
  const { protocol, hostname } = new URL(found)
  if (protocol !== 'https:' && !isLoopback(hostname.replace(/[[\]]/g, '')))
    report.add(notEncrypted(found), below(origin, 'apiBaseUrl'))
  if (place !== undefined) report.add(baseUrlTwice, below(origin, 'apiBaseUrl'), 'key')
}

function notEncrypted(found: string): Problem {
  return {
    code: 'wrong-value',
    message: `credentials would travel to "${found}" in clear`,
    expected: 'an https URL, or an http URL on loopback',
    found,
    help: `write ${found.replace(/^http:/, 'https:')}`,
  }
}

const baseUrlTwice: Problem = {
  code: 'conflicting-keys',
  message: 'apiBaseUrl names the whole address, so edge and region would have no effect',
  expected: 'apiBaseUrl, or edge and region',
  help: 'keep one of them',
}

function unknownEdge(found: string): Problem {
  const meant = suggest(found, EDGES)
  return {
    code: 'sip-region',
    message: `Twilio has no edge "${found}"${didYouMean(meant)}`,
    expected: `one of ${EDGES.join(', ')}`,
    found,
    help: `write ${meant ?? EDGES[0]}`,
  }
}

/** A region from which calls leave is not always one in which the REST API works. */
function unknownRegion(found: string): Problem {
  const known = Object.keys(REST_REGIONS)
  const meant = REGIONS[found] ? undefined : suggest(found, known)
  return {
    code: 'sip-region',
    message: `Twilio's REST API works in no region "${found}"${didYouMean(meant)}`,
    expected: `one of ${known.join(', ')}, or none`,
    found,
    help: meant ? `write ${meant}` : 'leave it out; where calls leave from is the region of an endpoint',
  }
}

/** The API key of an account: its SID and its secret, or neither. */
export function compileApiKey(
  { apiKey: sid, apiKeySecret: secret }: AccountSource,
  origin: Origin,
  report: Reporter,
): Account['apiKey'] {
  if (sid !== undefined && secret !== undefined) return { sid, secret }
  if (sid !== undefined) report.add(missingKey('apiKeySecret', 'the secret of apiKey'), origin, 'key')
  if (secret !== undefined) report.add(missingKey('apiKey', 'the SID of the API key'), origin, 'key')
  return undefined
}
