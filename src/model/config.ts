import type { Path } from '../errors/problem.js'
import type { NumberIndex } from '../numbers/number-index.js'
import type { Schedule } from '../schedule/schedule.js'
import type { TestSource } from '../schema/test-case.js'
import type { SipUri } from '../sip/uri.js'
import type { Template } from '../template/template.js'

/**
 * A config that was checked and compiled: immutable plain data, so that a worker can make it and hand it over.
 * Everything that can be worked out before a call comes in is worked out here.
 */
export interface Config {
  /** The first twelve hex digits of the SHA-256 over all the files read. */
  readonly revision: string
  /** Every file that was read: they are watched. */
  readonly files: readonly string[]
  readonly publicUrl: PublicUrl
  readonly listen: Listen
  /** The listener for operators; undefined while it is switched off. */
  readonly admin: Admin | undefined
  readonly insecureSkipSignature: boolean
  /** The Redis that replicas share their state by, as a URL; undefined keeps it in memory. */
  readonly state: string | undefined
  readonly logLevel: string
  /** Whether the log has no more than the last three digits of phone numbers. */
  readonly maskNumbers: boolean
  readonly accounts: readonly Account[]
  /** Set when a route is for some of the accounts only; `rest` are those to which belongs what no route leads to. */
  readonly accountsApart: { readonly rest: readonly string[] | undefined } | undefined
  readonly twilio: RestSettings
  readonly outbound: Outbound
  readonly endpoints: ReadonlyMap<string, Endpoint>
  readonly schedules: ReadonlyMap<string, Schedule>
  /** Rules for every call that comes in, before its route is asked. */
  readonly rules: readonly Rule[]
  readonly routes: ReadonlyMap<string, Route>
  readonly numbers: NumberIndex
  readonly actions: ReadonlyMap<string, ActionList>
  readonly default: ActionList
  /** What `defaults` says for a dial without an `otherwise` of its own. */
  readonly otherwise: ActionList | undefined
  readonly tests: readonly TestCase[]
  /** Every secret in clear, so that printers can mask them. */
  readonly secrets: readonly string[]
}

/** One of the `tests:`, and where it is: the file as seen from the main file's folder, and the path in it. */
export interface TestCase extends TestSource {
  readonly written?: { readonly file: string; readonly path: Path }
}

/** What Twilio requests, below the path of `publicUrl`. */
export const WEBHOOK_PATHS = [
  ...(['/voice', '/dialed', '/outbound', '/recorded', '/refer', '/screen', '/status', '/recording'] as const),
]

/** The webhook path with which a path ends; `/webhooks/voice` ends with `/voice`. */
export function webhookPathOf(path: string): WebhookPath | undefined {
  return WEBHOOK_PATHS.find((page) => path.endsWith(page))
}

type WebhookPath = (typeof WEBHOOK_PATHS)[number]

/** What Twilio calls, taken apart; `path` has no slash at its end. */
export interface PublicUrl {
  readonly href: string
  readonly origin: string
  readonly protocol: 'http:' | 'https:'
  readonly host: string
  readonly path: string
}

/** The admin listener: where it is, who may use it, and by which names it may be called. */
export interface Admin {
  readonly listen: Listen
  readonly tokens: readonly string[]
  /** Host names and addresses other than those of the machine itself, in lower case. */
  readonly hosts: readonly string[]
}

export interface Listen {
  readonly host: string
  readonly port: number
}

export interface Account {
  readonly sid: string
  readonly name: string
  readonly authTokens: readonly string[]
  /** By their ids at Twilio. */
  readonly sharedKeys: Readonly<Record<string, string>>
  readonly enhancedSip: boolean
  /** For the REST API, instead of the first auth token. */
  readonly apiKey: { readonly sid: string; readonly secret: string } | undefined
}

/** How Twilio's REST API is reached, and what `dialsip numbers` sets there. */
export interface RestSettings {
  /** Without a slash at its end. */
  readonly apiBaseUrl: string | undefined
  readonly edge: string | undefined
  readonly region: string | undefined
  readonly voiceFallbackUrl: string | undefined
  /** Connection overrides for the voice URL, such as `rc=2&rp=ct,rt,5xx`; may be empty. */
  readonly retries: string
}

/** Calls that dialsip places itself. */
export interface Outbound {
  /** Calls a second and account. */
  readonly cps: number
  readonly from: string | undefined
  /** What every dial of an outbound call has by `defaults`. */
  readonly dial: Pick<DialAction, 'failoverOn' | 'otherwise'> & {
    readonly hop: HopSettings
    /** Attributes of each endpoint that rings. */
    readonly leg: Attributes
  }
  /** The entries of each group in a dial of an outbound call. */
  readonly groups: ReadonlyMap<string, readonly DialEntry[]>
}

/** TwiML attributes under Twilio's names, in the text that goes into the document. */
export type Attributes = Readonly<Record<string, string>>

/** A place where a call can ring: one `<Sip>`, or one `<Number>` for the telephone network. */
export interface Endpoint {
  /** Its name in the config; a bare URI or number is its own name. */
  readonly name: string
  /** What recognises the same place under two names: `user@host`, lower case. */
  readonly address: string
  /** For `<Sip>`; a `<Number>` has none. */
  readonly uri: SipUri | undefined
  /** For `<Number>`, E.164. */
  readonly number: string | undefined
  readonly attributes: Attributes
  readonly maxCalls: number | undefined
  /** `routes/berlin.yaml:14`; undefined in a file over a megabyte, and for what no line of the config names. */
  readonly place?: string | undefined
}

export interface Route {
  readonly name: string
  /** The SIDs of the accounts whose calls it takes; undefined for all of them. */
  readonly accounts: readonly string[] | undefined
  readonly rules: readonly Rule[]
  /** See `Endpoint`. */
  readonly place?: string | undefined
}

/** Takes the place of a route in the ids of the rules of the config: `@@rules/blocked`. No name may hold an `@`. */
export const CONFIG_RULES = '@@rules'

export interface Rule {
  /** Its name, or its place from 1; undefined for the single action of a route without rules. */
  readonly name: string | undefined
  /** All of them must fit. */
  readonly conditions: readonly Condition[]
  readonly actions: ActionList
  /** See `Endpoint`. */
  readonly place?: string | undefined
}

/** What a call must meet; what else it holds is known to the file of its key in `conditions`. Plain data. */
export interface Condition {
  readonly key: string
  /** As the config says it: `from anonymous, +1900*`. */
  readonly text: string
}

/** Actions run in order. The id leads back to the list after a callback: `berlin/2`, `@voicemail`, `@@default`, `@@rules/1`. */
export interface ActionList {
  readonly id: string
  readonly actions: readonly Action[]
}

/** What happens to a call. `actions/` has a file for each kind. */
export type Action = DialAction | ElementAction

/** An action that is one TwiML element: every kind but a dial. */
export interface ElementAction {
  readonly verb: string
  /** What it says, its URL, its reason; empty where the verb says all. */
  readonly value: Template
  readonly attributes: Attributes
}

export interface DialAction {
  readonly verb: 'dial'
  /** The id of the list that it ends. */
  readonly id: string
  readonly entries: readonly DialEntry[]
  /** Outcome classes and SIP codes after which the next hop is tried. */
  readonly failoverOn: readonly string[]
  readonly otherwise: ActionList | undefined
}

/** What a dial lists: one hop, or a split that becomes several when the call is known. */
export type DialEntry = { readonly hop: Hop } | Split

export interface Split {
  readonly by: 'call' | 'caller'
  readonly choices: readonly {
    readonly name: string
    readonly weight: number
    readonly hops: readonly Hop[]
  }[]
}

/** One `<Dial>`: where it rings, all at once, and how. */
export interface Hop extends HopSettings {
  /** The endpoints' names, joined by `|`. */
  readonly name: string
  readonly endpoints: readonly Endpoint[]
}

/** How a hop rings. */
export interface HopSettings {
  readonly attributes: Attributes
  readonly callerId: Template | undefined
  readonly screen: Screen | undefined
  /** Whether dialsip itself answers a REFER of the callee. */
  readonly refer: boolean
  /** Seconds in which a SIP leg must ring or be answered, or else it is cancelled; undefined: no such limit. */
  readonly noProgress: number | undefined
}

/** What the callee hears before the call is put through, and must press if `accept` is set. */
export interface Screen {
  readonly say: Template
  readonly accept: string | undefined
  readonly timeout: number
  readonly attributes: Attributes
}

/** Whether Twilio's REST API can be asked for an account. */
export function hasCredentials({ apiKey, authTokens }: Account): boolean {
  return apiKey !== undefined || authTokens.length > 0
}

export function isDial(action: Action): action is DialAction {
  return action.verb === 'dial'
}

/** Every hop that the entries of a dial can come to, those of its splits included. */
export function hopsIn(entries: readonly DialEntry[]): Hop[] {
  return entries.flatMap((entry) => ('hop' in entry ? entry.hop : entry.choices.flatMap(({ hops }) => hops)))
}
