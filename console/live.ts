import { signal } from '@preact/signals'
import { reachable, send } from './api.js'

/** Something that `GET /api/events` tells of. */
export interface LiveEvent {
  readonly kind: string
  readonly data: unknown
}

type Listener = (event: LiveEvent) => void

/** Whether the server tells of changes. While it does not, it is asked again and again. */
export const isLive = signal(false)

/** The server sends something every second, if it is only a beat. */
const SILENT_MS = 15_000

/** How long after a stream that has ended, or was refused, the next one is tried: twice as long each time. */
const [SHORTEST_MS, LONGEST_MS] = [1000, 30_000]

const listeners = new Set<Listener>()
let stream: AbortController | undefined
document.addEventListener('visibilitychange', settle)

/**
 * Calls the listener on each change; gives the function that stops that. All listeners share one connection, which is
 * open while the page is visible.
 */
export function listen(listener: Listener): () => void {
  listeners.add(listener)
  settle()
  return function leave() {
    listeners.delete(listener)
    // the next page may listen as well, and goes on with this connection
    setTimeout(settle)
  }
}

function settle(): void {
  const isWanted = listeners.size > 0 && !document.hidden
  if (isWanted && !stream) {
    stream = new AbortController()
    void follow(stream.signal)
  } else if (!isWanted) {
    stream?.abort()
    stream = undefined
    isLive.value = false
  }
}

/** Reads one stream after the other. */
async function follow(signal: AbortSignal): Promise<void> {
  for (let wait = SHORTEST_MS; !signal.aborted; wait = Math.min(2 * wait, LONGEST_MS)) {
    const wasLive = await read(signal).catch(() => isLive.peek())
    if (signal.aborted) return
    isLive.value = false
    if (wasLive) wait = SHORTEST_MS
    // with jitter, since many clients may have been cut off at once
    await pause(wait * (0.5 + Math.random()), signal)
  }
}

/** Tells of the events of one stream until it ends. False where it was refused: so many listen already. */
async function read(signal: AbortSignal): Promise<boolean> {
  const response = await send('/api/events', { signal })
  if (!response.ok || !response.body) return false
  isLive.value = true
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (let text = ''; ; ) {
    const silent = setTimeout(() => void reader.cancel(), SILENT_MS)
    const { value, done } = await reader.read().finally(() => clearTimeout(silent))
    if (done) return true
    const blocks = (text + value).split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) tell(block)
  }
}

function tell(block: string): void {
  const [, kind, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? []
  if (kind === undefined) return
  const event = { kind, data: JSON.parse(data!) }
  for (const listener of listeners) listener(event)
}

/** Waits so long, or until the server that was gone is back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    let wasReachable = reachable.peek()
    const leave = reachable.subscribe(function back(isReachable) {
      if (isReachable && !wasReachable) done()
      wasReachable = isReachable
    })
    signal.addEventListener('abort', done)

    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      leave()
      resolve()
    }
  })
}
