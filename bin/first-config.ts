import { resolve } from 'node:path'
import { loadConfig } from '../src/config/load.js'
import type { ConfigError } from '../src/errors/problem.js'
import { parsePattern } from '../src/numbers/pattern.js'
import { configSource } from './config-file.js'

/** What a first config is made of. */
export interface FirstAnswers {
  readonly publicUrl: string
  readonly number: string
  readonly sipUri: string
}

/** Answers that are right, to check others by. */
const SOUND_ANSWERS: FirstAnswers = {
  publicUrl: 'https://voice.example.com',
  number: '+12025550100',
  sipUri: 'sip:jack@pbx.example.com',
}

/** The text of a config for one number and one SIP URI. JSON's texts are YAML's as well. */
export function firstConfig({ publicUrl, number, sipUri }: FirstAnswers): string {
  return `# Written by dialsip init. What else can be here: docs/config.md

# what Twilio calls; the voice URL of your number is this and /voice
publicUrl: ${JSON.stringify(publicUrl)}
# where those requests arrive, behind a tunnel or a TLS proxy
listen: 0.0.0.0:8080

accounts:
  # both are on the first page of the Twilio Console; the token shows that a request is Twilio's
  - sid: "\${TWILIO_ACCOUNT_SID}"
    authTokens: ["\${TWILIO_AUTH_TOKEN}"]

endpoints:
  pbx:
    uri: ${JSON.stringify(sipUri)}
    # region: de1    the Twilio region from which the call leaves; default: us1

routes:
  - name: main
    to: ${JSON.stringify(number)}
    # or a list: the next one rings when one fails
    dial: pbx
    otherwise: { say: Nobody can take your call at the moment. Please try again later. }

# dialsip test
tests:
  - call: { to: ${JSON.stringify(number)} }
    expect: { route: main, dials: [pbx] }
`
}

/** What is wrong with an answer: errors refuse it, warnings do not. */
interface AnswerFindings {
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

/** Checks one answer: what is found in a config with this answer, and right ones for the others. */
export function findingsAt(key: keyof FirstAnswers, answer: string): AnswerFindings {
  if (key === 'number' && isPattern(answer))
    return {
      errors: [`"${answer}" is a pattern of numbers; begin with one number, routes take patterns`],
      warnings: [],
    }
  const text = firstConfig({ ...SOUND_ANSWERS, [key]: answer })
  const { errors } = loadConfig(resolve('dialsip.yaml'), { ...configSource({}, true), read: () => text })
  const said = (level: ConfigError['level']) => [
    ...new Set(errors.filter((one) => one.level === level && !FOLLOWING.includes(one.code)).map(lineOf)),
  ]
  return { errors: said('error'), warnings: said('warning') }
}

/** Errors elsewhere in the config that only follow from a wrong answer. */
const FOLLOWING: readonly string[] = ['unknown-endpoint', 'unknown-route']

function isPattern(number: string): boolean {
  const kind = parsePattern(number).value?.kind
  return kind !== undefined && kind !== 'exact' && kind !== 'sip'
}

function lineOf({ message, help }: ConfigError): string {
  return help === undefined || message.endsWith('?') ? message : `${message}; ${help}`
}
