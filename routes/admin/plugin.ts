import type { FastifyPluginCallback } from 'fastify'
import { z } from 'zod'
import type { RoutePlaces } from '../../src/config/route-places.js'
import type { Admin, Config } from '../../src/model/config.js'
import type { Readiness } from '../probes.js'
import type { Service } from '../service.js'
import type { ConsoleFiles } from './console.js'
import type { Operation } from './operation.js'

/** Finds the lines of a config, off the thread that answers calls. Never rejects. */
export type PlacesOf = (config: Config) => Promise<RoutePlaces | undefined>

/** What is asked of a config in a request. */
export type ConfigQuestion = 'check' | 'diff'

/** An answer as it is sent. */
export interface RawAnswer {
  readonly status: number
  /** JSON. */
  readonly body: Uint8Array
}

/** Compares configs with the running one, off the thread that answers calls. */
export interface Comparing {
  /** Takes the place of the one comparison that may be under way; gives how to leave it. Undefined while it is taken. */
  take(): (() => void) | undefined
  /** Never rejects. Ends what is under way when the signal comes. */
  answer(asks: ConfigQuestion, body: Uint8Array | undefined, signal: AbortSignal): Promise<RawAnswer>
}

/** What every plugin of the admin listener is given. */
export interface AdminOptions {
  readonly service: Service
  readonly readiness: Readiness
  /** All that the listener answers, once every plugin is registered. */
  readonly operations: readonly Operation[]
  readonly consoleFiles: ConsoleFiles
  /** The lines of a config; undefined where they cannot be found. */
  readonly placesOf: PlacesOf
  /** Undefined where no thread compares. */
  readonly comparing: Comparing | undefined
}

/** A part of the admin API; each registers its own URLs. */
export type AdminPlugin = FastifyPluginCallback<AdminOptions>

/** Which replicas a change by hand has reached, as answers say it. */
export const APPLIES_TO = z
  .enum(['this replica', 'all replicas'])
  .describe('`this replica` when it shares no state with others, or cannot now')

/** Which replicas know of what is set by hand here. */
export function appliesTo({ shared }: Service): z.output<typeof APPLIES_TO> {
  return shared?.up ? 'all replicas' : 'this replica'
}

/** The settings of the listener that answers: it cannot be switched off while it runs (see `config/keep-until-restart.ts`). */
export function adminOf({ active }: Service): Admin {
  return active.config.admin!
}
