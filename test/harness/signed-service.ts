import { pino } from 'pino'
import t from 'tap'
import sdk from 'twilio/lib/webhooks/webhooks.js'
import { publicApp } from '../../routes/public-app.js'
import { createService, type Service } from '../../routes/service.js'
import { configOf, TOKEN } from './build.js'

export const NOW = Date.parse('2026-11-20T10:00:00Z')

export const BASE = 'https://voice.example.com'

export const CONFIG = configOf(`
endpoints:
  a: { uri: "sip:{{To}}@a.example.com", username: u, password: s3cret-pass }
  b: { uri: "sip:{{To}}@b.example.com" }
routes:
  - { name: main, to: "+15551230001", dial: [a, b], otherwise: { say: sorry } }
  - { name: many, to: "+1555*", dial: b, screen: true, referUrl: true }
default: { reject: busy }
`)

/** A service on a given config, and everything it has logged. */
export function serviceOn(config = CONFIG, more: Partial<Service> = {}) {
  const lines: Record<string, unknown>[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const service = createService(config, log, { now: () => NOW, ...more })
  const app = publicApp(service, () => ({ ready: true, why: 'ok' }))
  t.teardown(() => app.close())
  return { app, service, lines, post, get }

  /** A webhook as Twilio sends it, signed by Twilio's own SDK. */
  function post(target: string, params: Record<string, string>, headers: Record<string, string> = {}) {
    const signature = sdk.getExpectedTwilioSignature(TOKEN, BASE + target, params)
    return app.inject({
      method: 'POST',
      url: target,
      payload: new URLSearchParams(params).toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': signature,
        ...headers,
      },
    })
  }

  function get(path: string, params: Record<string, string>) {
    const target = `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(params)}`
    const signature = sdk.getExpectedTwilioSignature(TOKEN, BASE + target, {})
    return app.inject({ method: 'GET', url: target, headers: { 'x-twilio-signature': signature } })
  }
}
