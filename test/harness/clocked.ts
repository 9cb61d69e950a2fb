import type { Test } from 'tap'
import { webhook } from './build.js'
import { serving } from './serving.js'

/** A Friday, 10:00 in Berlin. */
export const NOW = Date.parse('2026-11-20T10:00:00+01:00')

export const MINUTE = 60_000

export const CONFIG = `
endpoints:
  a: { uri: "sip:{{To}}@a.example.com", maxCalls: 1 }
  b: { uri: "sip:{{To}}@b.example.com" }
schedules:
  office: { timezone: Europe/Berlin, open: [mon-fri 09:00-18:00] }
  night: { timezone: Europe/Berlin, open: [mon-fri 22:00-24:00] }
routes:
  - { name: main, to: "+15551230001", dial: [a, b], otherwise: { say: sorry } }
  - { name: both, to: "+15551230002", dial: { ring: [a, b] }, otherwise: { say: sorry } }
  - name: hours
    to: "+15551230003"
    rules:
      - { if: { not: { schedule: office } }, reject: busy }
      - { if: { schedule: [night, office], fromCountry: US }, dial: b }
      - { say: bye }
actions: { holiday: { say: away } }
`

/** A server whose clock the test turns. */
export async function clocked(t: Test, yaml = CONFIG) {
  const clock = { at: NOW }
  const server = await serving(t, yaml, { now: () => clock.at })
  return { ...server, clock }
}

export const to = (To: string, CallSid = 'CA1') => webhook({ To, CallSid })
