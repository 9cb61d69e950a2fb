import { z } from 'zod'
import type { ActiveOverrides, Override } from '../model/state.js'
import { Table } from './shared-rows.js'

const overrideRow: z.ZodType<Override> = z.object({
  kind: z.enum(['schedule', 'route']),
  name: z.string(),
  to: z.string(),
  until: z.number(),
  author: z.string(),
  note: z.string(),
  since: z.number(),
})

/** What operators have set by hand, each until its end. */
export class Overrides {
  readonly rows = new Table('overrides', overrideRow)

  /** Sets one; it takes the place of an earlier one of the same thing. */
  set(override: Override): void {
    this.rows.set(keyOf(override.kind, override.name), override)
  }

  /** Ends one now; gives it back, or undefined when there was none. */
  clear(kind: Override['kind'], name: string, now: number): Override | undefined {
    const override = this.of(kind, name, now)
    this.rows.delete(keyOf(kind, name))
    return override
  }

  of(kind: Override['kind'], name: string, now: number): Override | undefined {
    const override = this.rows.get(keyOf(kind, name))
    return override && override.until > now ? override : undefined
  }

  /** Those that hold at an instant, the next to end first. */
  list(now: number): Override[] {
    this.#forgetOld(now)
    return Array.from(this.rows.entries(), ([, override]) => override).sort((a, b) => a.until - b.until)
  }

  /** What `decide` wants; undefined when nothing is set. */
  at(now: number): ActiveOverrides | undefined {
    if (this.rows.size > 0) this.#forgetOld(now)
    return this.rows.size > 0 ? { of: (kind, name) => this.of(kind, name, now) } : undefined
  }

  #forgetOld(now: number): void {
    for (const [key, { until }] of this.rows.entries()) if (until <= now) this.rows.delete(key)
  }
}

function keyOf(kind: Override['kind'], name: string): string {
  return `${kind} ${name}`
}
