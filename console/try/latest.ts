import { useEffect, useRef, useState } from 'preact/hooks'
import { ask, Refused } from '../api.js'

interface Answered<T> {
  readonly value?: T
  readonly refusal?: string
}

/**
 * The answer to a request that changes while the user drags: one is under way at a time, and of those that come
 * meanwhile only the latest is sent. What was answered last stays until then. `since` asks again when it changes.
 */
export function useLatest<T>(path: string | undefined, since: unknown): Answered<T> {
  const [answer, setAnswer] = useState<Answered<T>>({})
  const line = useRef<{ next?: string; isBusy: boolean }>({ isBusy: false })
  useEffect(() => {
    line.current.next = path
    if (!line.current.isBusy) void send()
  }, [path, since])
  return answer

  async function send(): Promise<void> {
    const { current } = line
    current.isBusy = true
    while (current.next !== undefined) {
      const asked = current.next
      current.next = undefined
      try {
        const value = await ask<T>(asked)
        setAnswer({ value })
      } catch (error) {
        if (error instanceof Refused) setAnswer((before) => ({ ...before, refusal: error.message }))
      }
    }
    current.isBusy = false
  }
}
