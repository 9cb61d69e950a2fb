import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import type { Test } from 'tap'
import { adminApp } from '../../routes/admin-app.js'
import { publicApp } from '../../routes/public-app.js'
import { createService, type Service } from '../../routes/service.js'
import { loadConfig } from '../../src/config/load.js'
import type { Config } from '../../src/model/config.js'
import { checkCallRequest } from '../../src/outbound/check-request.js'
import type { TwilioApi } from './twilio-api.js'

export const MAIN = `AC${'a'.repeat(32)}`

export const SECOND = `AC${'b'.repeat(32)}`

export const CALL = `CA${'c'.repeat(32)}`

export const YAML = `
publicUrl: https://voice.example.com/tw
accounts:
  - { sid: ${MAIN}, name: main, authTokens: ["\${TOKEN:-12345}"] }
  - { sid: ${SECOND}, name: second, authTokens: ["\${TOKEN:-12345}"], apiKey: SKx, apiKeySecret: "\${KEY:-key-secret}" }
  - { sid: AC${'d'.repeat(32)}, name: poor, authTokens: [] }
defaults: { timeout: 17, otherwise: sorry }
endpoints:
  frankfurt:
    uri: sip:{{To}}@fra.example.com;transport=tls
    region: de1
    username: twilio
    password: \${PBX:-pbx-secret}
    headers: { X-Tenant: acme, X-Caller: "{{From}}" }
  desk: { uri: sip:desk@dub.example.com }
groups:
  both: [{ ring: [desk, frankfurt] }, europe]
  europe: [{ split: { frankfurt: 1, desk: 1 }, by: caller }]
  numbers: [{ number: "+15551230003" }, { number: "+15551230004" }]
  lab: [{ uri: "sip:h@lab.example", timeout: 9 }, "sip:i@lab.example"]
actions: { sorry: { say: Sorry. } }
routes:
  - { name: berlin, to: "+4930123456", dial: frankfurt }
  - { name: shut, to: "+4930123457", reject: busy }
  - { name: mute, to: "+4930123458", rules: [{ if: { from: "+1*" }, dial: desk }] }
  - { name: voicemail, to: "+4930123459", rules: [{ action: [{ record: { maxLength: 9 } }, { say: "Bye {{To}}" }] }] }
default: { hangup: true }
`

export function configOf(extra = ''): Config {
  const configSource = { read: () => YAML + extra, glob: () => [], variables: {}, placeholders: false }
  const { config, errors } = loadConfig('/dialsip.yaml', configSource)
  if (!config) throw new Error(JSON.stringify(errors))
  return config
}

export const CONFIG = configOf()

export const BASE = { to: 'sip:jack@example.com', from: '+15551230001', url: 'https://app.example.com/twiml' }

export function parametersOf(request: object, config = CONFIG): Record<string, unknown> {
  const checked = checkCallRequest(request, config)
  if (!checked.request) throw new Error(JSON.stringify(checked.errors))
  return checked.request.parameters
}

/** The two listeners of a service whose REST API is at a mock. */
export function build(
  t: Test,
  { url }: Pick<TwilioApi, 'url'>,
  extra = '',
): { admin: FastifyInstance; open: FastifyInstance; service: Service } {
  const service = createService(
    configOf(`twilio: { apiBaseUrl: "${url}" }\n${extra}`),
    pino({ level: 'silent' }),
  )
  const readiness = () => ({ ready: true, why: 'ok' })
  const [admin, open] = [adminApp(service, readiness), publicApp(service, readiness)]
  t.teardown(() => Promise.all([admin.close(), open.close()]))
  return { admin, open, service }
}
