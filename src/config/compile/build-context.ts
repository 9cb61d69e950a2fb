import { type ActionContext, actionsWithin } from '../../actions/action.js'
import { compileActions } from '../../actions/compile-actions.js'
import { OWN_VALUES } from '../../call/values.js'
import type { ConditionContext } from '../../conditions/condition.js'
import { GroupSizes, groupsWithin } from '../../dial/dial-context.js'
import { SharedAttributes } from '../../dial/settings.js'
import { below, type Item } from '../../errors/origin.js'
import { Work } from '../../model/compile-context.js'
import type { ActionList, Config, Endpoint } from '../../model/config.js'
import { NamedReferences } from '../../model/named-references.js'
import { isVoiceParameter, VOICE_PARAMETERS } from '../../twilio/parameters.js'
import type { DefaultsSource } from '../schema/root.js'
import { sidsOf } from './accounts.js'
import { type Sources, setting } from './gather.js'
import { compileList } from './lists.js'

/** What the parts of the compiler share while one config is compiled. */
export interface ConfigContext extends ActionContext, ConditionContext {
  readonly defaults: Item<DefaultsSource>
  /** The SIDs of the accounts that `defaults` names; undefined when it names none. */
  ownAccounts(): readonly string[] | undefined
}

/** Lays out what the parts of the compiler share. */
export function buildContext(
  sources: Sources,
  endpoints: ReadonlyMap<string, Endpoint>,
  settings: Pick<Config, 'publicUrl' | 'accounts'>,
): ConfigContext {
  const { report } = sources.reading
  const lists = new Map(
    [...sources.lists.items].map(([name, item]) => [name, compileList(item, sources.reading)]),
  )
  const groups = sources.groups.items
  const actions = sources.actions.items
  const groupReferences = new NamedReferences('groups', (name) => groupsWithin(name, { groups }), report)
  const context: ConfigContext = {
    ...sources.reading,
    publicUrl: settings.publicUrl,
    accounts: settings.accounts,
    endpoints,
    lists,
    listSets: new Map(),
    groups,
    actions,
    groupReferences,
    groupSizes: new GroupSizes({ groups, groupReferences }),
    actionReferences: new NamedReferences('actions', (name) => actionsWithin(name, { actions }), report),
    work: new Work(),
    defaults:
      (setting('defaults', sources.main, report) as ConfigContext['defaults'] | undefined) ??
      noDefaults(sources),
    names: namesOf(sources),
    used: { endpoint: new Set(), action: new Set(), schedule: new Set(), list: new Set() },
    withoutCallerId: new Map(),
    withNoProgress: new Map(),
    saysState: sources.main.tree.state !== undefined,
    alone: new Map(),
    attributes: new SharedAttributes(),
    compiled: new Map(),
    trail: [],
    ownAccounts: ownAccounts(() => context),
    defaultOtherwise: defaultOtherwise(() => context),
    ...templateNames(sources),
  }
  return context
}

function noDefaults({ main }: Sources): ConfigContext['defaults'] {
  return { value: {}, origin: { file: main.file, path: ['defaults'] } }
}

function namesOf({ endpoints, groups, actions, schedules, lists }: Sources): ConfigContext['names'] {
  return {
    endpoint: new Set([...endpoints.origins.keys(), ...groups.origins.keys()]),
    action: new Set(actions.origins.keys()),
    schedule: new Set(schedules.origins.keys()),
    list: new Set(lists.origins.keys()),
  }
}

/** The names for templates: what Twilio sends, what is derived from it, and the columns of CSV files. */
export function templateNames({
  tables,
}: Pick<Sources, 'tables'>): Pick<ConfigContext, 'isTemplateName' | 'templateNames'> {
  const own = new Set([...OWN_VALUES, ...tables.flatMap((table) => table.columns)])
  return {
    templateNames: [...own, ...VOICE_PARAMETERS],
    isTemplateName: (name) => own.has(name) || isVoiceParameter(name) || /^params\../.test(name),
  }
}

/** The accounts that `defaults` names, looked up when first asked for. */
function ownAccounts(contextOf: () => ConfigContext): ConfigContext['ownAccounts'] {
  let sids: readonly string[] | undefined
  return function own() {
    const { defaults } = contextOf()
    const { value, origin } = defaults
    sids ??= value.account && sidsOf(value.account, below(origin, 'account'), contextOf())
    return sids
  }
}

/**
 * The `otherwise` of `defaults`, compiled when first asked for. A dial within it has none, or it would be its own
 * successor.
 */
function defaultOtherwise(contextOf: () => ConfigContext): () => ActionList | undefined {
  let compiled: ActionList | undefined
  let asked = false
  return function otherwise() {
    if (asked) return compiled
    asked = true
    const context = contextOf()
    const { value, origin } = context.defaults
    if (value.otherwise)
      compiled = compileActions(value.otherwise, '@@otherwise', below(origin, 'otherwise'), context)
    return compiled
  }
}
