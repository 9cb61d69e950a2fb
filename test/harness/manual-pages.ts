import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { Reloader } from '../../bin/reload.js'
import { ACCOUNT, loadText, webhook } from './build.js'
import { actionOf } from './callback-urls.js'
import { type Serving, serving } from './serving.js'

/** What the commands of a page find: files in their folder, variables, and a server in place of the one that it names. */
export interface ManualPage {
  readonly env?: Readonly<Record<string, string>>
  readonly server?: Serving
}

type Prepare = (folder: string, t: Test) => ManualPage | Promise<ManualPage>

const EXAMPLE = 'config/dialsip.yaml'
const START = Date.parse('2026-11-20T09:00:00Z')

/** What a page speaks of. A page that is not here finds the shipped example. */
export const MANUAL_PAGES: Readonly<Record<string, Prepare>> = {
  'README.md': (folder) => {
    writeDiffed(folder)
    return {}
  },
  'docs/check.md': (folder) => {
    writeFileSync(join(folder, 'broken.yaml'), broken())
    cpSync('config', folder, { recursive: true })
    return {}
  },
  'docs/diff.md': (folder) => {
    writeDiffed(folder)
    return {}
  },
  'docs/explain.md': async (folder, t) => ({ ...withExample(folder), server: await operated(t) }),
  'docs/health.md': async (_folder, t) => ({ server: await withTroubles(t) }),
  'docs/import.md': (folder) => {
    for (const [name, text] of Object.entries(IMPORTED)) writeFileSync(join(folder, name), text)
    return {}
  },
  'docs/operations.md': (folder) => {
    writeDiffed(folder)
    return {}
  },
  'docs/overrides.md': async (_folder, t) => ({ server: await operated(t), env: { USER: 'anna' } }),
  'docs/recipes/two-regions.md': async (_folder, t) => ({ server: await operated(t) }),
  'docs/reload.md': async (_folder, t) => ({ server: await withRefusedConfig(t) }),
  'docs/status.md': async (_folder, t) => ({ server: await withHistory(t) }),
  'docs/test.md': (folder) => {
    withExample(folder)
    writeFileSync(join(folder, 'wrong.yaml'), WRONG)
    mkdirSync(join(folder, 'tests'))
    const christmas = `tests:\n  - { call: { to: "+15551230001" }, expect: { route: simple } }\n`
    for (const name of ['christmas', 'outage']) writeFileSync(join(folder, `tests/${name}.yaml`), christmas)
    return {}
  },
}

/** The shipped example in `config/`. */
export function withExample(folder: string): ManualPage {
  cpSync('config', join(folder, 'config'), { recursive: true })
  return {}
}

/** The example with a header that Twilio drops and a name that is mistyped. */
function broken(): string {
  return readFileSync(EXAMPLE, 'utf8')
    .replace('X-Tenant: acme', 'Tenant: acme')
    .replace('ring: [frankfurt, dublin]', 'ring: [frankfurt, dublim]')
}

const OLD = `publicUrl: https://voice.example.com
accounts: [{ sid: ${ACCOUNT}, authTokens: ["\${TWILIO_AUTH_TOKEN}"] }]
defaults: { timeout: 20, answerOnBridge: true, failoverOn: [unreachable, serverError, rejected] }
endpoints:
  frankfurt: { uri: "sip:{{To}}@fra.pbx.example.com;transport=tls", region: de1 }
  dublin: { uri: "sip:{{To}}@dub.pbx.example.com", region: ie1 }
schedules:
  office: { timezone: Europe/Berlin, open: [mon-fri 09:00-18:00, sat 10:00-14:00], closed: [2026-12-25, 2026-12-26..2027-01-01] }
routes:
  - { name: simple, to: "+15551230001", dial: sip:jack@example.com, region: ie1 }
  - name: berlin
    to: ["+4930123456", "+493099*", "+4930770100..+4930770199"]
    rules:
      - if: { from: [anonymous, "+1900*"] }
        reject: busy
      - if: { schedule: office }
        dial: [frankfurt, dublin]
        otherwise: voicemail
      - say: We are closed. Please call again tomorrow.
actions:
  voicemail: { say: Please leave a message after the tone., record: { maxLength: 120 } }
default: { reject: rejected }
tests:
  - { call: { to: "+15551230001" }, expect: { route: simple } }
`

/** The same office an hour shorter, half of its extensions gone, Ireland moved to Virginia; and a call of the log. */
function writeDiffed(folder: string): void {
  const changed = OLD.replaceAll('region: ie1', 'region: us1').replace('09:00-18:00', '09:00-17:00')
  writeFileSync(join(folder, 'old.yaml'), OLD)
  writeFileSync(join(folder, 'new.yaml'), changed.replace('0770199', '0770149'))
  writeFileSync(join(folder, 'dialsip.log'), `${JSON.stringify(webhook({ To: '+15551230001' }))}\n`)
}

/** The example fails over after a 503, not after a 486. */
const WRONG = `tests:
  - name: nobody is rung again after busy
    call: { to: "+4930123456", from: "+491701234567", at: 2026-11-20T10:00:00+01:00 }
    outcomes: { frankfurt: 486 }
    expect: { dials: [frankfurt, dublin] }
`

const IMPORTED = {
  'dispatcher.list': '1 sip:ms1.example.com 0 0 weight=50\n1 sip:ms2.example.com 0 0 weight=50\n',
  'extensions.conf': '[from-twilio]\nexten => 4930123456,1,Dial(PJSIP/reception,20)\n same => n,Hangup()\n',
  'voice.xml': '<Response><Dial><Sip>sip:jack@example.com</Sip></Dial></Response>',
}

const OPERATED = `
endpoints:
  ashburn: { uri: "sip:{{To}}@ash.example.com" }
  frankfurt: { uri: "sip:{{To}}@fra.example.com" }
  dublin: { uri: "sip:{{To}}@dub.example.com", maxCalls: 30 }
  paris: { uri: "sip:{{To}}@par.example.com" }
schedules: { office: { timezone: Europe/Berlin, open: [mon-fri 00:00-24:00] } }
actions: { voicemail: { say: Please leave a message after the tone., record: {} } }
routes:
  - { name: berlin, to: "+4930123456", dial: [frankfurt, dublin, paris], otherwise: voicemail }
  - name: us-main
    to: "+12025550100"
    rules: [{ name: open, if: { schedule: office }, dial: [ashburn, frankfurt], otherwise: voicemail }]
`

/** A server on Friday at ten in Berlin, whose clock is moved by the test. */
async function operated(t: Test, clock = { now: START }): Promise<Serving> {
  return serving(t, OPERATED, { now: () => clock.now })
}

/** One endpoint ejected, one full, one drained. */
async function withTroubles(t: Test): Promise<Serving> {
  const server = await operated(t)
  const { health, limits } = server.service
  for (const _ of [1, 2, 3]) health.note('frankfurt', 'serverError', START, 503)
  for (let call = 0; call < 30; call += 1) limits.take('dublin', `CA${call}`, Infinity, START)
  for (const call of ['CA31', 'CA32']) limits.take('paris', call, Infinity, START)
  health.drain('paris', 'new firmware', Date.parse('2026-11-20T21:00:00Z'))
  return server
}

async function reload({ service }: Serving, yaml: string): Promise<void> {
  const listen = 'listen: 127.0.0.1:0\nadmin: { listen: "127.0.0.1:0" }\n'
  await new Reloader(service, async () => loadText(listen + yaml)).reload()
}

/** The config on disk has an error, and the old one goes on. */
async function withRefusedConfig(t: Test, server?: Serving): Promise<Serving> {
  const running = server ?? (await operated(t))
  await reload(running, OPERATED.replace('dial: [frankfurt,', 'dial: [frankfrt,'))
  return running
}

/** Three days of work: a call that failed over, an ejection, an override, refused webhooks and a refused config. */
async function withHistory(t: Test): Promise<Serving> {
  const clock = { now: Date.parse('2026-11-20T05:55:27.120Z') - 3 * 86_400_000 }
  const server = await operated(t, clock)
  clock.now += 3 * 86_400_000
  await reload(server, OPERATED)
  await failedOver(server, clock)
  const { health, overrides, signatures } = server.service
  clock.now += 2 * 3_600_000
  const [author, note] = ['anna', 'company outing']
  const until = clock.now + 5_700_000
  overrides.set({ kind: 'schedule', name: 'office', to: 'closed', until, author, note, since: clock.now })
  await withRefusedConfig(t, server)
  clock.now += 260_000
  for (const _ of [1, 2, 3])
    signatures.refuse('other-port', {
      at: clock.now,
      path: '/voice',
      says: 'signed for port 443, received for 8080',
    })
  clock.now += 32_000
  for (const _ of [1, 2, 3]) health.note('frankfurt', 'serverError', clock.now, 503)
  clock.now += 8_000
  signatures.accepted = 1204
  return server
}

const SID = 'CA5ef8732a3c49700934481addd5ce1659'

/** Ashburn answers 503, Frankfurt takes the call. */
async function failedOver({ post }: Serving, clock: { now: number }): Promise<void> {
  const call = (more = {}) => webhook({ CallSid: SID, From: '+16465550000', To: '+12025550100', ...more })
  const first = await post('/voice', call())
  clock.now += 3_900
  const second = await post(actionOf(first), call({ DialCallStatus: 'failed', DialSipResponseCode: '503' }))
  clock.now += 1_300
  const leg = { CallSid: 'CA99', ParentCallSid: SID, CallStatus: 'ringing' }
  await post('/status?endpoint=frankfurt', call(leg))
  clock.now += 11_100
  await post(actionOf(second), call({ DialCallStatus: 'completed', DialCallDuration: '12' }))
}
