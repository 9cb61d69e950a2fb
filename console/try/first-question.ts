import type { FoundRoutes } from '../../routes/admin/routes.js'
import type { RecentCall } from '../../src/calls/recent-call.js'
import { ask } from '../api.js'
import type { Question } from './question.js'

const EXACT = /^(\+\d+|sip:[^*]+)$/

/** The question that the page begins with: the last call that a route took, or else one to the first number of the config. */
export async function firstQuestion(): Promise<Partial<Question> | undefined> {
  const { calls } = await ask<{ calls: RecentCall[] }>('/api/calls?limit=50')
  const last = calls.find(({ route }) => route !== '')
  if (last) return { to: last.to, from: last.from || 'anonymous' }
  const { routes } = await ask<FoundRoutes>('/api/routes?limit=20')
  const to = routes.flatMap(({ patterns }) => patterns).find((pattern) => EXACT.test(pattern))
  return to === undefined ? undefined : { to, from: neighbourOf(to) }
}

/** A caller of the same country: a number whose last digit is another. */
export function neighbourOf(to: string): string {
  return /^\+\d+$/.test(to) ? to.slice(0, -1) + ((Number(to.at(-1)) + 5) % 10) : ''
}
