import { below, type Item, type Origin } from '../errors/origin.js'
import type { CompileContext } from '../model/compile-context.js'
import type { Account, Endpoint, Hop, PublicUrl } from '../model/config.js'
import type { NamedReference, NamedReferences } from '../model/named-references.js'
import type { HopSource } from './hop.js'
import type { Layer, SharedAttributes } from './settings.js'

/** What dials are compiled with. */
export interface DialContext extends CompileContext {
  readonly publicUrl: PublicUrl
  readonly accounts: readonly Account[]
  readonly endpoints: ReadonlyMap<string, Endpoint>
  readonly groups: ReadonlyMap<string, Item<readonly (string | HopSource)[]>>
  /** Which groups name which. */
  readonly groupReferences: NamedReferences
  readonly groupSizes: GroupSizes
  /** The `defaults`, for what a dial does not say. */
  readonly defaults: Layer
  /** Whether the config says what replicas share. */
  readonly saysState: boolean
  /** Noted on the way: hops to the telephone network without a caller id, and where they were written. */
  readonly withoutCallerId: Map<Hop, Origin>
  /** Noted on the way: hops whose silent legs are cancelled, and where that was written. */
  readonly withNoProgress: Map<Hop, Origin>
  /** Named endpoints, each in a list of its own, for the hops that share it. */
  readonly alone: Map<Endpoint, readonly Endpoint[]>
  /** The attributes that hops share. */
  readonly attributes: SharedAttributes
}

type Groups = Pick<DialContext, 'groups'>

/** Where a group names other groups, also within `ring` and `split`. */
export function groupsWithin(name: string, { groups }: Groups): NamedReference[] {
  const { value, origin } = groups.get(name)!
  return namesIn(value, origin).filter(({ to }) => groups.has(to))
}

function namesIn(entries: readonly (string | HopSource)[], origin: Origin): NamedReference[] {
  return entries.flatMap((entry, at) => {
    const here = below(origin, at)
    if (typeof entry === 'string') return { to: entry, origin: here }
    return [
      ...(entry.endpoint === undefined ? [] : [{ to: entry.endpoint, origin: here }]),
      ...namesIn(entry.ring ?? [], below(here, 'ring')),
      ...Object.keys(entry.split ?? {}).map((to) => ({ to, origin: below(here, 'split', to) })),
    ]
  })
}

/** How many places the entries of a dial or a group come to, the groups in them written out. */
export class GroupSizes {
  readonly #context: Pick<DialContext, 'groups' | 'groupReferences'>
  readonly #sizes = new Map<string, number>()

  constructor(context: Pick<DialContext, 'groups' | 'groupReferences'>) {
    this.#context = context
  }

  /** `within` is the group whose entries these are. */
  of(entries: readonly (string | HopSource)[], within?: string): number {
    let size = 0
    for (const entry of entries) size += this.#ofEntry(entry, within)
    return size
  }

  #ofEntry(entry: string | HopSource, within: string | undefined): number {
    if (typeof entry === 'string') return this.#ofName(entry, within)
    const { endpoint, ring, split } = entry
    if (ring) return this.of(ring, within)
    if (split) return this.of(Object.keys(split), within)
    return endpoint === undefined ? 1 : this.#ofName(endpoint, within)
  }

  #ofName(name: string, within: string | undefined): number {
    const { groups, groupReferences } = this.#context
    const group = groups.get(name)
    if (!group || !groupReferences.leads(within, name)) return 1
    const size = this.#sizes.get(name) ?? this.of(group.value, name)
    this.#sizes.set(name, size)
    return size
  }
}
