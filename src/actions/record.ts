import type { Problem } from '../errors/problem.js'
import { didYouMean, suggest } from '../errors/suggest.js'
import { DIAL_RECORD } from '../twilio/attributes.js'
import type { BodySource } from './schema.js'

const VOICEMAIL = 'true, or a map such as { maxLength: 120 }'

/** What is wrong with `record`: beside a dial it is a word for the recording of that dial, alone it is a voicemail. */
export function recordProblem({ record, dial }: BodySource): Problem | undefined {
  if (record === undefined) return undefined
  if (!dial) return typeof record === 'string' && !ALONE.includes(record) ? noVoicemail(record) : undefined
  if (typeof record !== 'string') return voicemailBesideDial()
  return DIAL_RECORD.includes(record) ? undefined : noMode(record)
}

const ALONE = ['true', 'false']

function noVoicemail(found: string): Problem {
  return {
    code: 'wrong-value',
    message: `record without dial is a voicemail; expected ${VOICEMAIL}, found "${found}"`,
    expected: VOICEMAIL,
    found,
    help: 'write true',
  }
}

function voicemailBesideDial(): Problem {
  return {
    code: 'conflicting-keys',
    message: 'record beside dial records that dial, and a map is for a voicemail',
    expected: `one of ${DIAL_RECORD.join(', ')}`,
    help: 'move record into otherwise',
  }
}

function noMode(found: string): Problem {
  const meant = suggest(found, DIAL_RECORD)
  const expected = `one of ${DIAL_RECORD.join(', ')}`
  return {
    code: 'wrong-value',
    message: `expected ${expected}, found "${found}"${didYouMean(meant)}`,
    expected,
    found,
    help: meant ? `write ${meant}` : 'write one of the allowed values',
  }
}
