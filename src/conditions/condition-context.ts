import type { CompileContext } from '../model/compile-context.js'
import type { CallerList } from './lists.js'

/** What conditions are compiled with. */
export interface ConditionContext extends CompileContext {
  readonly lists: ReadonlyMap<string, CallerList>
}
