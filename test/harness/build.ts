import assert from 'node:assert/strict'
import { type Call, type Called, parseCall } from '../../src/call/call.js'
import type { ConfigSource } from '../../src/config/config-source.js'
import { type Loaded, loadConfig } from '../../src/config/load.js'
import type { Config } from '../../src/model/config.js'
import { referTarget } from '../../src/sip/address.js'

export const ACCOUNT = 'ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
export const TOKEN = 'token-of-tests'

/** What every config needs; a test adds what it is about. */
export const HEAD = `
publicUrl: https://voice.example.com
accounts: [{ sid: ${ACCOUNT}, authTokens: ["\${TOKEN}"] }]
`

/** Files by name, in place of a disk. */
export function files(texts: Readonly<Record<string, string>>): ConfigSource {
  return {
    read(path) {
      const text = texts[path.replace(/^\/etc\//, '')]
      if (text === undefined) throw new Error('no such file')
      return text
    },
    glob: (pattern) =>
      Object.keys(texts)
        .map((name) => `/etc/${name}`)
        .filter((name) => matchesGlob(name, pattern)),
    variables: { TOKEN },
    placeholders: false,
  }
}

function matchesGlob(name: string, pattern: string): boolean {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`).test(name)
}

/** Loads a config from a text, with the head put in front. */
export function loadText(yaml: string, more: Readonly<Record<string, string>> = {}): Loaded {
  return loadConfig('/etc/dialsip.yaml', files({ 'dialsip.yaml': HEAD + yaml, ...more }))
}

/** A config that must be without errors. */
export function configOf(yaml: string, more: Readonly<Record<string, string>> = {}): Config {
  const { config, errors } = loadText(yaml, more)
  assert.deepEqual(
    errors.filter((error) => error.level === 'error').map((error) => error.message),
    [],
  )
  return config!
}

/** The parameters of an incoming call, as Twilio sends them. */
export function webhook(overrides: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    AccountSid: ACCOUNT,
    ApiVersion: '2010-04-01',
    CallSid: 'CA00000000000000000000000000000001',
    CallStatus: 'ringing',
    Direction: 'inbound',
    From: '+15557650002',
    To: '+15551230001',
    ...overrides,
  }
}

export function callOf(overrides: Readonly<Record<string, string>> = {}): Call {
  return parsedCall(webhook(overrides))
}

/** The same call, after its callee has referred it. */
export function referredCallOf(target: string, overrides: Readonly<Record<string, string>> = {}): Call {
  const params = webhook({ ...overrides, ReferTransferTarget: target })
  return parsedCall(params, { called: referTarget(target), referred: target })
}

function parsedCall(params: Record<string, string>, called?: Called): Call {
  const parsed = parseCall(params, called)
  assert('call' in parsed)
  return parsed.call
}
