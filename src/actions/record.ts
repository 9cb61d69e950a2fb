import { z } from 'zod'
import { below } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import { didYouMean, suggest } from '../errors/suggest.js'
import type { ElementAction } from '../model/config.js'
import { attributeShape, withBooleans } from '../schema/scalars.js'
import { attributesOf, DIAL_RECORD, RECORD_ATTRIBUTES } from '../twilio/attributes.js'
import type { ElementKind } from './action.js'
import type { BodySource } from './schema.js'

const schema = z.union(
  [withBooleans(z.string()), z.strictObject(attributeShape(RECORD_ATTRIBUTES))],
  'true, a recording mode, or a map such as { maxLength: 120 }',
)

const VOICEMAIL = 'true, or a map such as { maxLength: 120 }'

/** `record: true` alone is a voicemail. With a dial it belongs to that dial. */
export const RECORD: ElementKind = {
  verb: 'record',
  schema: schema.optional().describe('Alone: record the caller (voicemail). With dial: record the call.'),
  ends: false,
  answers: true,
  element: 'Record',
  resumes: true,
  attributes: recordAttributes,
  compile(body, origin, { report }) {
    const problem = recordProblem(body)
    if (problem) report.add(problem, below(origin, 'record'))
    const { record, dial } = body
    if (dial || record === 'false') return undefined
    const attributes = typeof record === 'string' ? {} : attributesOf(record!, RECORD_ATTRIBUTES)
    return { value: [], attributes }
  },
}

/** Twilio tells dialsip when a recording is ready, unless the config says another URL. */
function recordAttributes({ attributes }: ElementAction, base: string): Record<string, string> {
  const recording = `${base}/recording`
  return {
    recordingStatusCallback: recording,
    ...(attributes.transcribe === 'true' && { transcribeCallback: recording }),
    ...attributes,
  }
}

/** What is wrong with `record`: next to a dial it is a word for the recording of that dial, alone it is a voicemail. */
function recordProblem({ record, dial }: BodySource): Problem | undefined {
  if (!dial) return typeof record === 'string' && !ALONE.includes(record) ? noVoicemail(record) : undefined
  if (typeof record !== 'string') return voicemailNextToDial()
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

function voicemailNextToDial(): Problem {
  return {
    code: 'conflicting-keys',
    message: 'record next to dial records that dial, and a map is for a voicemail',
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
    help: meant ? `write ${meant}` : `write ${DIAL_RECORD[1]}, or another of them`,
  }
}
