import { useEffect, useRef, useState } from 'preact/hooks'
import { access, ask, Refused } from './api.js'
import { isLive, type LiveEvent, listen } from './live.js'

/** What a request has answered last. */
export interface Polled<T> {
  readonly value?: T
  /** Whether that is the answer to what is asked now, and not to what was asked before. */
  readonly isCurrent: boolean
  /** What the API says against the request. */
  readonly refusal?: string
  /** Asks again now. */
  readonly again: () => void
}

/** How often it is asked; where the server tells of changes; and at most, however many changes there are. */
const [EVERY_MS, SELDOM_MS, SOONEST_MS] = [2000, 30_000, 1000]

/** Asks again and again, while the page is looked at; undefined asks nothing. What was answered last stays until then. */
export function usePolled<T>(path: string | undefined, everyMs = EVERY_MS): Polled<T> {
  return useAsked(path, everyMs)
}

/** Asks when the server tells of something that changes the answer; again and again while it tells nothing. */
export function useFollowed<T>(
  path: string | undefined,
  isAbout: (event: LiveEvent) => boolean,
  soonestMs = SOONEST_MS,
): Polled<T> {
  return useAsked(path, isLive.value ? SELDOM_MS : Math.max(EVERY_MS, soonestMs), isAbout, soonestMs)
}

function useAsked<T>(
  path: string | undefined,
  everyMs: number,
  isAbout?: (event: LiveEvent) => boolean,
  soonestMs = SOONEST_MS,
): Polled<T> {
  const [answer, setAnswer] = useState<{ path?: string; value?: T; refusal?: string }>({})
  const [turn, setTurn] = useState(0)
  const again = () => setTurn((before) => before + 1)
  const told = useRef(isAbout)
  told.current = isAbout
  useEffect(() => {
    if (path === undefined) return
    const stop = new AbortController()
    const { signal } = stop
    const asker = new Asker({ everyMs, soonestMs }, async function once() {
      try {
        setAnswer({ path, value: await ask<T>(path, { signal }) })
      } catch (error) {
        if (error instanceof Refused) setAnswer((before) => ({ ...before, path, refusal: error.message }))
      }
    })
    const leave = told.current && listen((event) => told.current!(event) && asker.soon())
    document.addEventListener('visibilitychange', () => asker.soon(), { signal })
    return () => {
      leave?.()
      stop.abort()
      asker.stop()
    }
  }, [path, everyMs, soonestMs, turn])
  const isCurrent = answer.path === path
  return { value: answer.value, isCurrent, refusal: isCurrent ? answer.refusal : undefined, again }
}

/** Does something at intervals: never twice at a time, and not while the page is hidden. */
class Asker {
  readonly #everyMs: number
  readonly #soonestMs: number
  readonly #once: () => Promise<void>
  #timer: ReturnType<typeof setTimeout> | undefined
  #began = 0
  #isAsking = false
  #isDue = false
  #isStopped = false

  constructor(
    { everyMs, soonestMs }: { readonly everyMs: number; readonly soonestMs: number },
    once: () => Promise<void>,
  ) {
    this.#everyMs = everyMs
    this.#soonestMs = soonestMs
    this.#once = once
    void this.#ask()
  }

  /** Again, as soon as that may be. */
  soon(): void {
    this.#isDue = true
    if (!this.#isAsking) this.#askIn(this.#began + this.#soonestMs - performance.now())
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  async #ask(): Promise<void> {
    if (document.hidden) return
    this.#isAsking = true
    this.#isDue = false
    this.#began = performance.now()
    await this.#once()
    this.#isAsking = false
    if (this.#isDue) this.soon()
    else this.#askIn(this.#everyMs)
  }

  #askIn(ms: number): void {
    clearTimeout(this.#timer)
    if (!this.#isStopped && access.value === 'open') this.#timer = setTimeout(() => void this.#ask(), ms)
  }
}
