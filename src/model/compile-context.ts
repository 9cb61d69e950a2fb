import type { Origin } from '../errors/origin.js'
import { type NamedKind, reportUnknown } from '../errors/references.js'
import type { PatternContext } from '../numbers/pattern.js'
import type { Work } from './work.js'

/** What every part of the compiler gets: where to report, the names that are known, and what templates may name. */
export interface CompileContext extends PatternContext {
  /** Names that stand in the file, however broken what they name is: no second error for the same mistake. */
  readonly names: Readonly<Record<NameKind, ReadonlySet<string>>>
  /** The names that something leads to; the others are warned of. */
  readonly used: Readonly<Record<NameKind, Set<string>>>
  /** Template names: webhook parameters, dialsip's own and the columns of CSV files. */
  readonly isTemplateName: (name: string) => boolean
  readonly templateNames: readonly string[]
  readonly work: Work
}

/** What one part of a config calls another by its name, and warns of when nothing does. */
export type NameKind = Exclude<NamedKind, 'route' | 'account'>

/** Marks a name as used and says whether it can be followed; reports it if it is not in the file at all. */
export function follow(context: CompileContext, kind: NameKind, name: string, origin: Origin): boolean {
  const { used, names, report } = context
  used[kind].add(name)
  if (names[kind].has(name)) return true
  // no warning that nothing uses what was meant here
  used[kind].add(reportUnknown(kind, name, names[kind], report, origin))
  return false
}
