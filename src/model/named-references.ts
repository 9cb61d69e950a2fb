import type { Origin } from '../errors/origin.js'
import type { Reporter } from '../errors/problem.js'
import { circle } from '../errors/references.js'

/** Where a named thing names another one of its kind. */
export interface NamedReference {
  readonly to: string
  readonly origin: Origin
}

/** How deep things of one kind may be named within each other. */
const DEEPEST = 50

/** A thing that is being gone through. */
interface Visit {
  readonly name: string
  readonly references: readonly NamedReference[]
  next: number
  depth: number
}

/**
 * Which things of a kind (groups, actions, schedules) name which others. Each is gone through once; a reference that
 * closes a circle or leads too deep is reported and then not followed, so that a compiler comes to an end.
 */
export class NamedReferences {
  readonly #kind: string
  readonly #referencesOf: (name: string) => readonly NamedReference[]
  readonly #report: Reporter
  /** How deep the things are that were gone through. */
  readonly #depths = new Map<string, number>()
  readonly #cut = new Set<string>()

  constructor(kind: string, referencesOf: (name: string) => readonly NamedReference[], report: Reporter) {
    this.#kind = kind
    this.#referencesOf = referencesOf
    this.#report = report
  }

  /** Whether a reference is to be followed; without `from` it is one from a thing of another kind. */
  leads(from: string | undefined, to: string): boolean {
    if (from !== undefined) return !this.#cut.has(keyOf(from, to))
    if (!this.#depths.has(to)) this.#goThrough(to)
    return true
  }

  /** Without calling itself: it is the file that says how deep this goes. */
  #goThrough(first: string): void {
    const trail = [this.#open(first)]
    const places = new Map([[first, 0]])
    for (let frame = trail.at(-1); frame; frame = trail.at(-1)) {
      const reference = frame.references[frame.next]
      if (!reference) {
        trail.pop()
        places.delete(frame.name)
        this.#depths.set(frame.name, frame.depth)
      } else if (places.has(reference.to)) {
        this.#cutCircle(frame, reference, trail.slice(places.get(reference.to)))
      } else if (this.#depths.has(reference.to)) {
        this.#pass(frame, reference)
      } else {
        places.set(reference.to, trail.push(this.#open(reference.to)) - 1)
      }
    }
  }

  #open(name: string): Visit {
    return { name, references: this.#referencesOf(name), next: 0, depth: 1 }
  }

  #cutCircle(frame: Visit, { to, origin }: NamedReference, trail: readonly Visit[]): void {
    this.#cut.add(keyOf(frame.name, to))
    frame.next += 1
    this.#report.add(circle(this.#kind, [...trail.map(({ name }) => name), to]), origin)
  }

  #pass(frame: Visit, { to, origin }: NamedReference): void {
    frame.next += 1
    const depth = this.#depths.get(to)! + 1
    if (depth <= DEEPEST) frame.depth = Math.max(frame.depth, depth)
    else {
      this.#cut.add(keyOf(frame.name, to))
      this.#report.add(tooDeep(this.#kind, to), origin)
    }
  }
}

function keyOf(from: string, to: string): string {
  return `${from}\0${to}`
}

function tooDeep(kind: string, found: string) {
  return {
    code: 'load-limit',
    message: `${kind} are named within each other more than ${DEEPEST} deep`,
    expected: `at most ${DEEPEST} within each other`,
    found,
    help: `write out what ${found} means`,
  } as const
}
