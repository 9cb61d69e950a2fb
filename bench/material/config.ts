import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const ACCOUNT = 'ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
export const TOKEN = 'not-a-secret-12345'

/** How large a config is, and how its numbers are written. */
export interface Size {
  readonly routes: number
  readonly numbers: number
  /** Where the numbers are: next to each route, or in one CSV file. */
  readonly listed: 'yaml' | 'csv'
  /** Every so many routes dials a SIP URI of its own instead of the two endpoints; 0 for none. */
  readonly ownUriEvery: number
}

/** The number at a place of the plan. */
export function numberAt(place: number): string {
  return `+1555${1_000_000 + place}`
}

/** Writes a config of this size, nine lines a route, and gives its path. */
export function writeConfig(folder: string, name: string, size: Size): string {
  const file = join(folder, `${name}.yaml`)
  const csv = `${name}.csv`
  const routes = Array.from({ length: size.routes }, (_, at) => route(at, size))
  const from = size.listed === 'csv' ? `numbersFrom: ${csv}\n` : ''
  writeFileSync(file, `${HEAD}${from}routes:\n${routes.join('')}`)
  if (size.listed === 'csv') writeFileSync(join(folder, csv), table(size))
  return file
}

const HEAD = `publicUrl: https://voice.example.com
listen: 127.0.0.1:0
admin: { listen: "127.0.0.1:0" }
accounts:
  - sid: ${ACCOUNT}
    authTokens: ["\${TWILIO_AUTH_TOKEN}"]
defaults:
  answerOnBridge: true
endpoints:
  frankfurt:
    uri: sip:{{To}}@fra.pbx.example.com;transport=tls
    region: de1
    headers: { X-Caller: "{{From}}" }
  dublin:
    uri: sip:{{To}}@dub.pbx.example.com
    region: ie1
actions:
  voicemail:
    say: Please leave a message after the tone.
    record: { maxLength: 120 }
`

function route(at: number, { routes, numbers, listed, ownUriEvery }: Size): string {
  const own = ownUriEvery > 0 && at % ownUriEvery === ownUriEvery - 1
  return `  - name: route-${at}
${listed === 'yaml' ? `    to: ${toOf(at, routes, numbers)}\n` : ''}    dial:
      - ${own ? `sip:queue-${at}@pbx.example.com` : 'frankfurt'}
      - dublin
    timeout: ${15 + (at % 20)}
    callerId: "+1666${1_000_000 + at}"
    record: ${at % 2 === 0 ? 'do-not-record' : 'record-from-answer-dual'}
    otherwise: voicemail
`
}

/** The numbers that lead to a route: every so many of the plan. */
function toOf(at: number, routes: number, numbers: number): string {
  const own = []
  for (let place = at; place < numbers; place += routes) own.push(`"${numberAt(place)}"`)
  return own.length === 1 ? own[0]! : `[${own.join(', ')}]`
}

function table({ routes, numbers }: Size): string {
  const rows = Array.from({ length: numbers }, (_, place) => `${numberAt(place)},route-${place % routes}`)
  return `number,route\n${rows.join('\n')}\n`
}
