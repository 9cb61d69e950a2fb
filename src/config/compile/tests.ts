import path from 'node:path'
import { VERBS } from '../../actions/table.js'
import { FINAL_CLASSES, OUTCOME_WORDS, readOutcome } from '../../call/outcome.js'
import { ringingNames } from '../../dial/find-dial.js'
import { below, type Item, type Origin } from '../../errors/origin.js'
import type { ConfigError, Problem, Reporter } from '../../errors/problem.js'
import { reportUnknown } from '../../errors/references.js'
import { didYouMean, suggest } from '../../errors/suggest.js'
import { accountNamed } from '../../for-account.js'
import { type Config, hopsIn, type TestCase } from '../../model/config.js'
import { commonTimezone, parseInstant } from '../../schedule/instant.js'
import { type TestSource, testSchema } from '../../schema/test-case.js'
import type { ConfigSource } from '../config-source.js'
import { readDocuments } from '../documents.js'
import { Report } from '../report.js'
import { checkKeys } from '../validated.js'
import { collectList } from './gather.js'

/** What the names in a test case are looked up in. */
type Compiled = Omit<Config, 'revision' | 'files' | 'secrets' | 'tests'>

/** Checks what can be checked of a test case without running it: its time, and every name and word in it. */
export function checkTest({ value, origin }: Item<TestSource>, config: Compiled, report: Reporter): TestCase {
  const { call, expect, outcomes = {}, down = [], drained = [] } = value
  if (call.at) {
    const { problems } = parseInstant(call.at, commonTimezone(config.schedules.values()))
    report.addAll(problems, below(origin, 'call', 'at'))
  }
  if (call.account !== undefined) checkAccount(call.account, below(origin, 'call', 'account'), config, report)
  for (const [name, outcome] of Object.entries(outcomes)) {
    checkRinging(name, below(origin, 'outcomes', name), config, report, 'key')
    if (!readOutcome(outcome)) report.add(noOutcome(outcome), below(origin, 'outcomes', name))
  }
  for (const [key, names] of Object.entries({ down, drained }))
    for (const [at, name] of names.entries()) checkRinging(name, below(origin, key, at), config, report)
  checkExpected(expect, below(origin, 'expect'), config, report)
  return placed({ value, origin })
}

function checkExpected(
  { route, rule, dials = [], action }: TestSource['expect'],
  origin: Origin,
  config: Compiled,
  report: Reporter,
): void {
  const { routes } = config
  // an empty name means default, and no rule
  if (route && !routes.has(route)) reportUnknown('route', route, routes, report, below(origin, 'route'))
  else if (rule) checkRule(rule, route, below(origin, 'rule'), config, report)
  for (const [at, name] of dials.entries()) checkRinging(name, below(origin, 'dials', at), config, report)
  if (action !== undefined && !ENDS_OF_CALLS.includes(action))
    report.add(noEnd(action, config), below(origin, 'action'))
}

/** The names of the rules of a config and of a route, or of all routes. */
function ruleNames(route: string | undefined, { rules, routes }: Compiled): Set<string> {
  const owners = route ? [routes.get(route)!] : routes.values()
  return new Set([...rules, ...[...owners].flatMap((owner) => owner.rules)].flatMap(({ name }) => name ?? []))
}

function checkRule(
  name: string,
  route: string | undefined,
  origin: Origin,
  config: Compiled,
  report: Reporter,
): void {
  const names = ruleNames(route, config)
  if (!names.has(name)) reportUnknown('rule', name, names, report, origin)
}

function checkAccount(name: string, origin: Origin, config: Compiled, report: Reporter): void {
  if (accountNamed(config, name)) return
  const names = new Set(config.accounts.map((account) => account.name))
  reportUnknown('account', name, names, report, origin)
}

/** A name under which something rings. One that is masked in what is explained cannot be looked up. */
function checkRinging(
  name: string,
  origin: Origin,
  config: Compiled,
  report: Reporter,
  part: 'key' | 'value' = 'value',
): void {
  const names = ringingNames(config)
  if (names.has(name) || isRing(name, names) || name.includes('***')) return
  const group = config.outbound.groups.get(name)
  const members = group && hopsIn(group).map((hop) => hop.name)
  if (members) report.add(namesGroup(name, members), origin, part)
  else reportUnknown('endpoint', name, names, report, origin, part)
}

/** A ring of known endpoints. Where no dial has it, the test fails and says what rang; a dial with a mistake is one error. */
function isRing(name: string, names: ReadonlySet<string>): boolean {
  return name.split('|').every((part) => names.has(part))
}

function namesGroup(found: string, members: readonly string[]): Problem {
  return {
    code: 'unknown-endpoint',
    message: `${found} is a group; a call rings its members`,
    expected: 'the names of what rings',
    found,
    help: `write ${members.join(', ')}`,
  }
}

function noOutcome(found: string): Problem {
  const meant = suggest(found, OUTCOME_WORDS)
  return {
    code: 'wrong-value',
    message: `"${found}" is not an outcome${didYouMean(meant)}`,
    expected: `a SIP code, or ringing+ and one of ${OUTCOME_WORDS.join(', ')}`,
    found,
    help: meant ? `write ${meant}` : 'write a SIP code such as 503',
  }
}

/** What `explain` gives as the end of a call; a dial always goes on. */
const ENDS_OF_CALLS: readonly string[] = [...FINAL_CLASSES, ...VERBS.filter((verb) => verb !== 'dial')]

/** Often the name of an action of the config is written, whose last verb is what ends the call. */
function noEnd(found: string, { actions }: Compiled): Problem {
  const last = actions.get(found)?.actions.at(-1)?.verb
  const meant = last ?? suggest(found, ENDS_OF_CALLS)
  const says = last ? `; that is the name of an action, which ends with ${last}` : didYouMean(meant)
  return {
    code: 'wrong-value',
    message: `no call ends with "${found}"${says}`,
    expected: `one of ${ENDS_OF_CALLS.join(', ')}`,
    found,
    help: meant === undefined || meant === 'dial' ? 'write what ends the call' : `write ${meant}`,
  }
}

/** A case that knows where it is, for when it fails. */
function placed({ value, origin }: Item<TestSource>): TestCase {
  return { ...value, written: { file: origin.file.name, path: origin.path } }
}

/** Reads the `tests:` of a file that is not the config itself, with those that it includes; the names are those of `config`. */
export function loadTests(
  file: string,
  config: Compiled,
  configSource: ConfigSource,
): { readonly tests: readonly TestCase[]; readonly errors: readonly ConfigError[] } {
  const report = new Report()
  const documents = readDocuments(path.resolve(file), configSource, report)
  let tests: readonly TestCase[] = []
  report.attempt(() => {
    for (const document of documents) checkKeys(document, report)
    tests = collectList(documents, 'tests', testSchema, report).map((test) => checkTest(test, config, report))
  })
  return { tests, errors: report.errors([]) }
}
