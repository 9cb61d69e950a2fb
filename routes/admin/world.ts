import { setTimeout } from 'node:timers/promises'
import type { World } from '../../src/rest/failure.js'

/** The clock and the chance of this machine, for requests to Twilio. */
export const WORLD: World = { now: Date.now, pause: setTimeout, random: Math.random }
