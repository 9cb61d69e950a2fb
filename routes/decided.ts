import type { DecisionNote } from '../src/calls/webhooks.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** What was decided for it, and when; undefined where nothing is. */
    decided: Decided | undefined
  }
}

/** From when to when, by `performance.now()`, in milliseconds. */
export interface DecisionTime {
  readonly began: number
  readonly ended: number
}

/** A decision and the time it took. */
export interface Decided extends DecisionTime {
  readonly callSid: string
  readonly note: DecisionNote
}
