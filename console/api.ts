import { signal } from '@preact/signals'
import { setClock } from './clock.js'

const KEY = 'dialsip-token'

/** The bearer token; it is forgotten with the tab. */
export const token = signal(sessionStorage.getItem(KEY) ?? '')

/** Whether the server wants a token, and whether it has refused the one that it got. */
export const access = signal<'open' | 'asked' | 'refused'>('open')

/** Whether the last request was answered. */
export const reachable = signal(true)

/** A request that was refused, in the words of the API. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Sends this token with each request from now on. */
export function useToken(text: string): void {
  sessionStorage.setItem(KEY, text)
  token.value = text
  access.value = 'open'
}

/** Asks the API. Throws `Refused` with what it says, or what `fetch` throws while the server is gone. */
export async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await send(path, init)
  setClock(response.headers.get('date'))
  if (response.ok) return (await response.json()) as T
  if (response.status === 401) access.value = token.value === '' ? 'asked' : 'refused'
  const { error } = (await response.json().catch(() => ({}))) as { error?: string }
  throw new Refused(response.status, error ?? `the server answered ${response.status}`)
}

/** Sends a request with the token. Throws what `fetch` throws while the server is gone. */
export async function send(path: string, init: RequestInit): Promise<Response> {
  const headers = {
    ...(token.value !== '' && { authorization: `Bearer ${token.value}` }),
    ...(init.body !== undefined && { 'content-type': 'application/json' }),
  }
  try {
    const response = await fetch(path, { ...init, headers })
    reachable.value = true
    return response
  } catch (error) {
    if (!init.signal?.aborted) reachable.value = false
    throw error
  }
}

/** Sends a change. */
export function change<T>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
  return ask<T>(path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
}
