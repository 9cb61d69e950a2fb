import { readYaml } from '../config/yaml.js'
import type { AdHocEntry } from '../dial/ad-hoc.js'
import { notOneNumber } from '../dial/destination.js'
import { ringProblem, splitWithin } from '../dial/entries.js'
import { FORMS, type HopSource, shapeProblem } from '../dial/hop.js'
import type { Path, Problem } from '../errors/problem.js'
import { unknownName } from '../errors/references.js'
import { type Account, type Config, hopsIn } from '../model/config.js'
import { isE164 } from '../numbers/address.js'
import { parseSipUri } from '../sip/parse-uri.js'
import { isVoiceParameter } from '../twilio/parameters.js'
import type { Findings } from './call-request.js'

type Entry = string | HopSource

/** What the entries of an ad-hoc dial are read with. */
export interface AdHocContext {
  /** As the account sees it. */
  readonly config: Config
  /** With what belongs to other accounts. */
  readonly whole: Config
  /** The account that places the call; undefined when there is none, which is an error of its own. */
  readonly account: Account | undefined
  readonly findings: Findings
}

/**
 * The hops of a request as maps where they are maps. On the command line and in a form every hop is a text; one that
 * begins with a brace is a map, written as in the config: `{ ring: [frankfurt, dublin] }`.
 */
export function writtenHops(value: unknown): unknown[] {
  return [value].flat().map(writtenHop)
}

function writtenHop(hop: unknown): unknown {
  if (typeof hop !== 'string' || !isWrittenMap(hop)) return hop
  const read = readYaml(hop)
  // what is no YAML stays the text that it is, and is refused for that
  return 'tree' in read ? read.tree : hop
}

/** Reads the entries of an ad-hoc dial. What is wrong with them is added to the findings. */
export function dialEntries(entries: readonly Entry[], context: AdHocContext): AdHocEntry[] {
  return entries.flatMap((entry, at) => readEntry(entry, ['dial', at], context))
}

function readEntry(entry: Entry, path: Path, context: AdHocContext): AdHocEntry[] {
  if (typeof entry === 'string') return [{ ring: [placeOf(entry, path, context)] }]
  if (!isSound(entry, path, context)) return []
  const { ring, split, by = 'call' } = entry
  if (ring) return [{ ring: atOnce(ring, [...path, 'ring'], context) }]
  if (split) return [{ by, weights: shares(split, [...path, 'split'], context) }]
  return [{ ring: [placeOf(entry, path, context)] }]
}

function shares(
  split: Readonly<Record<string, number>>,
  path: Path,
  context: AdHocContext,
): [name: string, weight: number][] {
  for (const name of Object.keys(split)) {
    placeOf(name, [...path, name], context)
    checkGroup(name, 'split', [...path, name], context)
  }
  return Object.entries(split)
}

function atOnce(members: readonly Entry[], path: Path, context: AdHocContext): string[] {
  const { config, account, findings } = context
  const names = members.map((member, at) => memberOf(member, [...path, at], context))
  const size = names.reduce((sum, name) => sum + placesIn(name, config), 0)
  const numbersOnly = names.every((name) => isNumber(name, config))
  const problem = ringProblem(Math.max(members.length, size), numbersOnly, account ? [account] : [])
  if (problem) findings.add(problem, ...path)
  return names
}

function memberOf(member: Entry, path: Path, context: AdHocContext): string {
  if (typeof member !== 'string' && !isSound(member, path, context)) return ''
  const name = placeOf(member, path, context)
  checkGroup(name, 'ring', path, context)
  return name
}

/** How many places a member of a ring has; what is in doubt counts as none. */
function placesIn(name: string, { outbound }: Config): number {
  const entries = outbound.groups.get(name)
  if (!entries) return 1
  return entries.reduce((sum, entry) => sum + ('hop' in entry ? entry.hop.endpoints.length : 0), 0)
}

/** Whether a member of a ring leads to nothing but phone numbers. */
function isNumber(name: string, { outbound }: Config): boolean {
  const hops = hopsIn(outbound.groups.get(name) ?? [])
  if (hops.length === 0) return isE164(name)
  return hops.every(({ endpoints }) => endpoints.every(({ number }) => number !== undefined))
}

/** A split that a group brings in has no place within a ring or another split, as in the config. */
function checkGroup(
  name: string,
  within: 'ring' | 'split',
  path: Path,
  { config, findings }: AdHocContext,
): void {
  const entries = config.outbound.groups.get(name) ?? []
  if (entries.some((entry) => !('hop' in entry))) findings.add(splitWithin(within), ...path)
}

/** Whether it says in one way where it leads; attributes are errors as well. */
function isSound(entry: HopSource, path: Path, { findings }: AdHocContext): boolean {
  const problem = shapeProblem(entry)
  if (problem) findings.add(problem, ...path)
  for (const key of Object.keys(entry))
    if (key !== 'by' && !(FORMS as readonly string[]).includes(key))
      findings.add(onlyInGroup(key), ...path, key)
  return problem === undefined
}

/** The name, SIP URI or number that one entry names; checked. */
function placeOf(entry: Entry, path: Path, { config, findings }: AdHocContext): string {
  if (typeof entry === 'string') {
    findings.addAll(textProblems(entry, config), ...path)
    return entry
  }
  const { endpoint, uri, number } = entry
  if (number !== undefined && !isE164(number)) findings.add(notOneNumber(number), ...path, 'number')
  if (endpoint !== undefined) findings.addAll(nameProblems(endpoint, config), ...path, 'endpoint')
  if (uri !== undefined) findings.addAll(uriProblems(uri), ...path, 'uri')
  return (endpoint ?? uri ?? number)!
}

/** What is wrong with an entry that is a plain text: a name, a SIP URI or a number. */
function textProblems(text: string, config: Config): readonly Problem[] {
  if (isWrittenMap(text)) return [brokenMap(text)]
  if (isE164(text)) return []
  if (!/[:@]/.test(text)) return nameProblems(text, config)
  const host = text.slice(text.lastIndexOf('@') + 1)
  return config.endpoints.has(host) ? [userInHop(host)] : uriProblems(text)
}

/** Neither a name nor a SIP URI nor a number begins so. */
export function isWrittenMap(hop: string): boolean {
  return hop.trimStart().startsWith('{')
}

function nameProblems(name: string, { endpoints, outbound: { groups } }: Config): readonly Problem[] {
  if (endpoints.has(name) || groups.has(name)) return []
  const names = new Set([...endpoints.keys(), ...groups.keys()])
  return [{ ...unknownName('endpoint', name, names), expected: HOPS }]
}

/** The URI travels in a URL, which Twilio keeps and shows, so it holds no password. */
function uriProblems(uri: string): readonly Problem[] {
  const { value, problems } = parseSipUri(uri, isVoiceParameter)
  if (!value || value.password === null) return problems
  return [...problems.filter(({ code }) => code !== 'sip-password'), passwordInHop]
}

const HOPS = 'the name of an endpoint or group, a SIP URI, or a phone number in E.164 form'

/** All hops of a dial are rung for the same party, as those of a route are. */
function userInHop(endpoint: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `a hop names endpoint ${endpoint} without a user`,
    expected: endpoint,
    help: `write ${endpoint}, and in called, next to dial, who is called there`,
  }
}

/** Attributes have no place in the URL that brings the dial back; a group keeps them by its name. */
function onlyInGroup(key: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `${key} cannot be set in the dial of a request`,
    expected: 'endpoint, uri, number, ring or split with by, and nothing else',
    found: key,
    help: `write the hop with its ${key} under groups in the config, and dial that group`,
  }
}

const passwordInHop: Problem = {
  code: 'wrong-value',
  message:
    'a SIP URI with a password cannot be used in dial: Twilio keeps and shows the URL that it travels in',
  expected: 'a SIP URI without a password, or the name of an endpoint',
  help: 'add an endpoint to the config, with username and password, and dial that',
}

function brokenMap(found: string): Problem {
  return {
    code: 'wrong-value',
    message: `"${found}" begins like a map but is not one`,
    expected: 'a map such as { ring: [frankfurt, dublin] } or { split: { frankfurt: 80, dublin: 20 } }',
    found,
    help: 'write it as in the config, on one line',
  }
}
