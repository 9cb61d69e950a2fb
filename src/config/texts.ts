import { isMap, type Tree } from './yaml.js'

/** The way to a map or list. It changes as the walk goes on: who wants to keep it copies it. */
export type Steps = readonly (string | number)[]

/** What is done with a text; `holder` is the map or list in which it stands under `key`, and `steps` lead there. */
export type VisitText = (
  text: string,
  key: string | number,
  steps: Steps,
  holder: Record<string | number, unknown>,
) => void

/**
 * Goes through all texts of a tree, in its order; with `once`, what several aliases lead to is gone through once. A
 * large config has a million texts and hardly one that anybody asks for, so nothing is made for each.
 */
export function eachText(tree: Tree, visit: VisitText, once = false): void {
  const steps: (string | number)[] = []
  const seen = new Set<unknown>()
  walk(tree)

  function walk(holder: unknown): void {
    if (once && seen.has(holder)) return
    if (once) seen.add(holder)
    if (Array.isArray(holder)) for (let at = 0; at < holder.length; at += 1) step(at, holder[at], holder)
    else if (isMap(holder)) for (const key in holder) step(key, holder[key], holder)
  }

  function step(key: string | number, value: unknown, holder: unknown): void {
    if (typeof value === 'string') {
      visit(value, key, steps, holder as Record<string | number, unknown>)
      return
    }
    steps.push(key)
    walk(value)
    steps.pop()
  }
}
