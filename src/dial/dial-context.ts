import type { Item, Origin } from '../errors/origin.js'
import type { CompileContext } from '../model/compile-context.js'
import type { Account, Endpoint, Hop, PublicUrl } from '../model/config.js'
import type { NamedReferences } from '../model/named-references.js'
import type { GroupSizes } from './group-sizes.js'
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
  /** What holds for every dial that says nothing else. */
  readonly defaults: Layer
  /** Whether the config says what replicas share. */
  readonly saysState: boolean
  /** Noted on the way: hops to the telephone network without a caller id, and where they were written. */
  readonly withoutCallerId: Map<Hop, Origin>
  /** Named endpoints, each in a list of its own, for the hops that share it. */
  readonly alone: Map<Endpoint, readonly Endpoint[]>
  /** The attributes that hops share. */
  readonly attributes: SharedAttributes
}
