import { useEffect, useState } from 'preact/hooks'
import { access, ask, Refused } from './api.js'

/** What a request has answered last. */
export interface Polled<T> {
  readonly value?: T
  /** What the API says against the request. */
  readonly refusal?: string
  /** Asks again now. */
  readonly again: () => void
}

const EVERY_MS = 2000

/** Asks again and again, while the page is looked at; undefined asks nothing. What was answered last stays until then. */
export function usePolled<T>(path: string | undefined, everyMs = EVERY_MS): Polled<T> {
  const [answer, setAnswer] = useState<{ path?: string; value?: T; refusal?: string }>({})
  const [turn, setTurn] = useState(0)
  const again = () => setTurn((before) => before + 1)
  useEffect(() => {
    if (path === undefined) return
    const stop = new AbortController()
    const { signal } = stop
    let timer: ReturnType<typeof setTimeout> | undefined
    const poll = async () => {
      clearTimeout(timer)
      try {
        if (!document.hidden) setAnswer({ path, value: await ask<T>(path, { signal }) })
      } catch (error) {
        if (error instanceof Refused) setAnswer((before) => ({ ...before, path, refusal: error.message }))
      }
      if (!signal.aborted && access.value === 'open') timer = setTimeout(poll, everyMs)
    }
    void poll()
    document.addEventListener('visibilitychange', poll, { signal })
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [path, everyMs, turn])
  return { value: answer.value, refusal: answer.path === path ? answer.refusal : undefined, again }
}
