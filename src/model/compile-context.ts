import type { Origin } from '../errors/origin.js'
import { LoadStopped, type Problem } from '../errors/problem.js'
import { type NamedKind, reportUnknown } from '../errors/references.js'
import type { PatternContext } from '../numbers/pattern.js'

/** What every part of the compiler gets: where to report, the names that are known, and what templates may name. */
export interface CompileContext extends PatternContext {
  /** Names that are in the file, however broken what they name is: no second error for the same mistake. */
  readonly names: Readonly<Record<NameKind, ReadonlySet<string>>>
  /** The names that something leads to; the others are warned of. */
  readonly used: Readonly<Record<NameKind, Set<string>>>
  /** Template names: webhook parameters, dialsip's own and the columns of CSV files. */
  readonly isTemplateName: (name: string) => boolean
  readonly templateNames: readonly string[]
  readonly work: Work
}

/** What one part of a config calls another by its name, and warns of when nothing does. */
export type NameKind = Exclude<NamedKind, 'route' | 'rule' | 'account'>

/** Marks a name as used and says whether it can be followed; reports it if it is not in the file at all. */
export function follow(context: CompileContext, kind: NameKind, name: string, origin: Origin): boolean {
  const { used, names, report } = context
  used[kind].add(name)
  if (names[kind].has(name)) return true
  // no warning that nothing uses what was meant here
  used[kind].add(reportUnknown(kind, name, names[kind], report, origin))
  return false
}

/** What a config may come to with all groups and named actions written out: a gigabyte of memory, and seconds. */
const MOST = 1_000_000

/** Counts the hops, actions and closings of a config: small files can make more of them than any memory holds. */
export class Work {
  #done = 0

  /** Throws `LoadStopped` when it is too much. */
  add(more: number, origin: Origin): void {
    this.#done += more
    if (this.#done > MOST) throw new LoadStopped(tooMuch, origin)
  }
}

const tooMuch: Problem = {
  code: 'load-limit',
  message: `with all that is named written out, this config comes to more than ${MOST} hops, actions and closings`,
  expected: `at most ${MOST} in all`,
  help: 'let fewer routes lead to large groups and lists',
}
