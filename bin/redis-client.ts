import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, MultiErrorReply } from '@redis/client'

/** Redis answers in a millisecond; one that takes this long counts as gone. */
const DEADLINE_MS = 1_000

export type RedisClient = ReturnType<typeof openClient>

/** A client for one connection: when that ends, another is opened. */
export function openClient(url: string) {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: DEADLINE_MS, reconnectStrategy: false },
  })
  // what goes wrong is seen where an answer is awaited
  client.on('error', () => {})
  return client
}

/** The answer, if it comes in time. */
export async function within<T>(answer: Promise<T>): Promise<T> {
  const late = new AbortController()
  const deadline = sleep(DEADLINE_MS, undefined, { signal: late.signal, ref: false }).then(() => {
    throw new Error(`no answer in ${DEADLINE_MS} ms`)
  })
  try {
    return await Promise.race([answer, deadline])
  } finally {
    late.abort()
    deadline.catch(() => {})
  }
}

/** Of several commands at once the client says only how many have failed; Redis says why. */
export function redisReason(error: Error): string {
  const [first] = error instanceof MultiErrorReply ? error.errors() : []
  return (first ?? error).message
}
