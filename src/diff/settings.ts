import { HANG_UP } from '../actions/hangup.js'
import type { ActionList, Config } from '../model/config.js'
import { attributeFacts, laterFacts, lineChanges, settingFacts } from './facts.js'
import { behaviourOf } from './policy.js'

/** A change of a setting outside of the routes, which concerns every call, or who may send calls. */
export interface SettingChange {
  readonly setting: string
  readonly old: string
  readonly new: string
  /** What it changes for calls. */
  readonly means: string
}

/** The settings that calls notice: the URLs that Twilio requests, and whose webhooks are answered. */
export function settingChanges(before: Config, after: Config): SettingChange[] {
  return [publicUrl, signature, accounts, outbound].flatMap((changes) => changes(before, after))
}

function publicUrl({ publicUrl: old }: Config, { publicUrl: other }: Config): SettingChange[] {
  if (old.href === other.href) return []
  const means = 'every call: the URLs in all TwiML, and the URL that signatures are checked against'
  return [{ setting: 'publicUrl', old: old.href, new: other.href, means }]
}

function signature(before: Config, after: Config): SettingChange[] {
  const [old, other] = [before, after].map((config) => String(config.insecureSkipSignature)) as [
    string,
    string,
  ]
  const means = 'whether requests that Twilio has not signed are answered'
  return old === other ? [] : [{ setting: 'insecureSkipSignature', old, new: other, means }]
}

function accounts(before: Config, after: Config): SettingChange[] {
  const [old, other] = [tokensBySid(before), tokensBySid(after)]
  return [...new Set([...old.keys(), ...other.keys()])].flatMap((sid): SettingChange[] => {
    const [tokens, tokens2] = [old.get(sid), other.get(sid)]
    const setting = `accounts ${sid}`
    if (!tokens) return [{ setting, old: 'refused', new: 'answered', means: 'every call of this account' }]
    if (!tokens2) return [{ setting, old: 'answered', new: 'refused', means: 'every call of this account' }]
    if (tokens.join() === tokens2.join()) return []
    const means =
      'calls signed with a token or shared key that is not in both are answered by one of the two only'
    return [{ setting, old: count(tokens), new: `${count(tokens2)}, not the same`, means }]
  })
}

/** Calls that dialsip places itself, by hops that no route names. */
function outbound(before: Config, after: Config): SettingChange[] {
  const [old, other] = [outboundFacts(before), outboundFacts(after)]
  if (old.key === other.key) return []
  const { removed, added } = lineChanges(old.facts, other.facts)
  const means = 'calls that dialsip itself places, which have what defaults says'
  return [{ setting: 'outbound', old: removed.join('; '), new: added.join('; '), means }]
}

function outboundFacts(config: Config): { readonly key: string; readonly facts: readonly string[] } {
  const { from, dial } = config.outbound
  const { hop, leg, failoverOn, otherwise = HANG_UP_LIST } = dial
  return {
    key: JSON.stringify([from, hop, leg, failoverOn.toSorted(), behaviourOf(otherwise).key]),
    facts: [
      `from: ${from ?? 'not set'}`,
      ...settingFacts(hop, 'dial'),
      ...attributeFacts(leg, 'dial'),
      ...laterFacts(dial, ''),
    ],
  }
}

const HANG_UP_LIST: ActionList = { id: '', actions: [HANG_UP.action] }

function tokensBySid({ accounts }: Config): Map<string, string[]> {
  return new Map(
    accounts.map(({ sid, authTokens, sharedKeys }) => {
      const keys = [...authTokens, ...Object.entries(sharedKeys).map((pair) => pair.join('='))]
      return [sid, [...new Set(keys)].sort()]
    }),
  )
}

function count(tokens: readonly string[]): string {
  return tokens.length === 1 ? '1 token or key' : `${tokens.length} tokens or keys`
}
