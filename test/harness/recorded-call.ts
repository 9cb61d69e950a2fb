import { configOf } from './build.js'

export const CONFIG = configOf(`
endpoints:
  a: { uri: "sip:{{To}}@a.example.com", username: u, password: s3cret-pass, headers: { X-Key: s3cret-pass } }
  b: { uri: "sip:{{To}}@b.example.com" }
routes:
  - { name: main, to: "+15551230001", dial: [a, b], otherwise: { say: sorry } }
  - { name: both, to: "+15551230003", dial: [{ ring: [a, b] }] }
  - name: rules
    to: "+15551230004"
    rules: [{ if: { from: anonymous }, reject: busy }, { name: rest, say: hello }]
`)

export const SID = 'CA0123456789abcdef0123456789abcdef'

export const BUSY = { CallSid: SID, DialCallStatus: 'busy', DialSipResponseCode: '486' }

export const FAILED = { CallSid: SID, DialCallStatus: 'failed', DialSipResponseCode: '503' }
