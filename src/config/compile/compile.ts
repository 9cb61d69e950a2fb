import { compileActions, namedActions } from '../../actions/compile-actions.js'
import { cannotBeCallerId, lintSipCallers } from '../../dial/caller-id.js'
import { compileGroup, compileOutboundDial } from '../../dial/dial.js'
import { compileEndpoint } from '../../dial/endpoint.js'
import { lintNoProgress, lintSettings, type Served } from '../../dial/lints.js'
import type { ErrorCode } from '../../errors/codes.js'
import { below, type Item, type Origin } from '../../errors/origin.js'
import type { Reporter } from '../../errors/problem.js'
import type { CompileContext, NameKind } from '../../model/compile-context.js'
import {
  type ActionList,
  CONFIG_RULES,
  type Config,
  type Endpoint,
  type Outbound,
  type Rule,
} from '../../model/config.js'
import { CALLER_ID } from '../../sip/grammar.js'
import type { ConfigSource } from '../config-source.js'
import type { Document } from '../documents.js'
import { Report } from '../report.js'
import type { OutboundSource } from '../schema/root.js'
import { ruleSchema } from '../schema/route.js'
import { lineText } from '../source-file.js'
import { accountsApart } from './accounts.js'
import { buildContext, type ConfigContext, templateNames } from './build-context.js'
import { indexClaims } from './claims.js'
import { collectList, gather, type Sources, setting } from './gather.js'
import { compileRouting, compileRules, type Routing } from './routing.js'
import { compileSchedules } from './schedules.js'
import { compileSettings } from './settings.js'
import { checkTest } from './tests.js'

/** Everything of a config that comes from its documents. */
type Compiled = Omit<Config, 'revision' | 'files' | 'secrets'>

/** Checks the meaning of what was read and lays it out for the calls. Errors and warnings are reported. */
export function compile(
  documents: readonly Document[],
  configSource: ConfigSource,
  report: Reporter,
): Compiled {
  const sources = gather(documents, configSource, report)
  const settings = compileSettings(sources.main, configSource.placeholders, report)
  const context = buildContext(sources, compileEndpoints(sources, report), settings)
  const otherwise = context.defaultOtherwise()
  for (const { value, origin } of [context.defaults, ...sources.endpoints.items.values()])
    lintSettings(value, origin, context)
  const schedules = compileSchedules({
    sources: sources.schedules.items,
    ...sources.reading,
    lent: context.used.schedule,
    calendars: new Map(),
    work: context.work,
  })
  const byDefault = compileDefault(sources, context)
  const rules = compileConfigRules(sources, context)
  const routing = compileRouting(sources, context)
  const { routes } = routing
  lintSipCallers(rulesOfSipCallers(rules, routing), context)
  const actions = compileNamed(sources, context)
  const ofConfig = [...rules.map((rule) => rule.actions), byDefault, ...actions.values()]
  lintNoProgress(servedBy(ofConfig, routes, context), settings.insecureSkipSignature, context)
  checkUnusedGroups(context)
  const numbers = indexClaims(routing, report)
  warnOfAllUnused(sources, context)
  const compiled = {
    ...settings,
    accountsApart: accountsApart(routes, { file: sources.main.file, path: ['accounts'] }, context),
    outbound: compileOutbound(setting('outbound', sources.main, report), context),
    endpoints: context.endpoints,
    schedules,
    rules,
    routes,
    numbers,
    actions,
    default: byDefault,
    otherwise,
  }
  return { ...compiled, tests: sources.tests.map((test) => checkTest(test, compiled, report)) }
}

function compileEndpoints(sources: Sources, report: Reporter): Map<string, Endpoint> {
  const endpoints = new Map<string, Endpoint>()
  const context = { report, ...templateNames(sources) }
  for (const [name, { value, origin }] of sources.endpoints.items) {
    const endpoint = compileEndpoint(name, value, origin, context)
    if (endpoint) endpoints.set(name, { ...endpoint, place: lineText(origin) })
  }
  return endpoints
}

const REJECT: ActionList = {
  id: '@@default',
  actions: [{ verb: 'reject', value: ['rejected'], attributes: {} }],
}

function compileDefault({ main }: Sources, context: ConfigContext): ActionList {
  const source = setting('default', main, context.report)
  return source?.value ? compileActions(source.value, '@@default', source.origin, context) : REJECT
}

function compileConfigRules({ main }: Sources, context: ConfigContext): Rule[] {
  const items = collectList([main], 'rules', ruleSchema, context.report)
  const placed = items.map((item) => ({ ...item, at: Number(item.origin.path.at(-1)) }))
  return compileRules(placed, CONFIG_RULES, context)
}

/** What the file says of outbound calls, and what their dials have by `defaults`. */
function compileOutbound(
  written: Item<OutboundSource | undefined> | undefined,
  context: ConfigContext,
): Outbound {
  const { cps = 1, from } = written?.value ?? {}
  if (from !== undefined && !CALLER_ID.test(from))
    context.report.add(cannotBeCallerId(from), below(written!.origin, 'from'))
  // errors of `defaults` and of groups are reported where a route dials, so a report of its own takes those found here
  const apart = { ...context, report: new Report() }
  const groups = new Map([...context.groups.keys()].map((name) => [name, compileGroup(name, apart)]))
  return { cps, from, dial: compileOutboundDial(apart, context.defaultOtherwise()), groups }
}

/** The rules to which a number in a SIP domain leads: those of the config, if there is such a number, and of its route. */
function rulesOfSipCallers(ofConfig: readonly Rule[], { routes, claims, owners }: Routing): Rule[] {
  const own = claims.filter(({ pattern }) => /^sip/.test(pattern.kind))
  const names = new Set(own.map(({ owner }) => owners[owner]!.route))
  return names.size === 0 ? [] : [...ofConfig, ...[...names].flatMap((name) => routes.get(name)!.rules)]
}

/** Which accounts' calls come to which lists: to those outside of routes come the calls of all. */
function* servedBy(
  ofConfig: readonly ActionList[],
  routes: Config['routes'],
  { accounts }: Pick<Config, 'accounts'>,
): Generator<Served> {
  yield { lists: ofConfig, accounts }
  for (const route of routes.values()) {
    const own = route.accounts
    yield {
      lists: route.rules.map(({ actions }) => actions),
      accounts: own ? accounts.filter(({ sid }) => own.includes(sid)) : accounts,
    }
  }
}

/** Compiles every named action, so that the errors of unused ones are reported, too. */
function compileNamed({ actions }: Sources, context: ConfigContext): Map<string, ActionList> {
  uncounted(context.used.action, () => {
    for (const [name, { origin }] of actions.items) namedActions(name, origin, context)
  })
  return new Map([...context.compiled].map(([name, { list }]) => [name, list]))
}

/** Compiles the groups that nothing dials, so that their errors are reported, too. */
function checkUnusedGroups(context: ConfigContext): void {
  const unused = [...context.groups.keys()].filter((name) => !context.used.endpoint.has(name))
  uncounted(context.used.endpoint, () => {
    for (const name of unused) compileGroup(name, context)
  })
}

/** Runs `check` and restores `used`: what is compiled only for its errors does not count as used. */
function uncounted(used: Set<string>, check: () => void): void {
  const before = [...used]
  check()
  used.clear()
  for (const name of before) used.add(name)
}

function warnOfAllUnused(sources: Sources, context: ConfigContext): void {
  warnOfUnused('endpoint', new Map([...sources.endpoints.origins, ...sources.groups.origins]), context)
  warnOfUnused('action', sources.actions.origins, context)
  warnOfUnused('schedule', sources.schedules.origins, context)
  warnOfUnused('list', sources.lists.origins, context)
}

const UNUSED: Record<NameKind, { code: ErrorCode; message: (name: string) => string }> = {
  endpoint: { code: 'unused-endpoint', message: (name) => `no route leads to ${name}` },
  action: { code: 'unused-action', message: (name) => `nothing runs the action ${name}` },
  schedule: { code: 'unused-schedule', message: (name) => `no rule asks the schedule ${name}` },
  list: { code: 'unused-list', message: (name) => `no rule asks the list ${name}` },
}

/** Warns of what is in the file and is never used. */
function warnOfUnused(
  kind: NameKind,
  origins: ReadonlyMap<string, Origin>,
  { used, report }: CompileContext,
): void {
  const { code, message } = UNUSED[kind]
  for (const [name, origin] of origins) {
    if (!used[kind].has(name))
      report.add(
        {
          code,
          message: message(name),
          expected: 'something that uses it',
          found: name,
          help: 'use it, or remove it',
        },
        origin,
        'key',
      )
  }
}
