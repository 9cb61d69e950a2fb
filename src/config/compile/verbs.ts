import { parseTemplate } from '../../template/parse.js'
import {
  PLAY_ATTRIBUTES,
  RECORD_ATTRIBUTES,
  REDIRECT_ATTRIBUTES,
  SAY_ATTRIBUTES,
} from '../../twilio/attributes.js'
import type { Action } from '../config.js'
import type { BodySource } from '../schema/action.js'
import { below, type Origin } from '../source.js'
import { attributesOf, type Context } from './context.js'

/** Compiles the verbs of a body that need neither endpoints nor other actions, in the order in which they run. */
export function compileVerbs(body: BodySource, origin: Origin, context: Context): Action[] {
  return [
    ...compileSay(body, origin, context),
    ...compilePlay(body, origin, context),
    ...(body.dial ? [] : compileRecord(body)),
    ...(body.dial ? [] : compileEnd(body)),
  ]
}

function compileSay({ say }: BodySource, origin: Origin, context: Context): Action[] {
  if (say === undefined) return []
  const source = typeof say === 'string' ? { text: say } : say
  const { value, problems } = parseTemplate(source.text, context.isTemplateName, context.templateNames)
  context.report.addAll(problems, below(origin, 'say'))
  return value ? [{ verb: 'say', text: value, attributes: attributesOf(source, SAY_ATTRIBUTES) }] : []
}

function compilePlay({ play }: BodySource, origin: Origin, { report }: Context): Action[] {
  if (play === undefined) return []
  const source: { url?: string } & Record<string, unknown> = typeof play === 'string' ? { url: play } : play
  const attributes = attributesOf(source, PLAY_ATTRIBUTES)
  if (source.url === undefined && attributes.digits === undefined) {
    report.add(
      {
        code: 'missing-key',
        message: 'play has neither url nor digits',
        expected: 'url or digits',
        cure: 'add url',
      },
      below(origin, 'play'),
      'key',
    )
  }
  return [{ verb: 'play', url: source.url ?? '', attributes }]
}

function compileRecord({ record }: BodySource): Action[] {
  if (record === undefined || record === 'false') return []
  return [
    { verb: 'record', attributes: typeof record === 'string' ? {} : attributesOf(record, RECORD_ATTRIBUTES) },
  ]
}

/** One of them: of several, the others are reported. */
function compileEnd({ redirect, reject, hangup }: BodySource): Action[] {
  if (redirect !== undefined) {
    const source: { url: string } & Record<string, unknown> =
      typeof redirect === 'string' ? { url: redirect } : redirect
    return [{ verb: 'redirect', url: source.url, attributes: attributesOf(source, REDIRECT_ATTRIBUTES) }]
  }
  if (reject !== undefined) return [{ verb: 'reject', reason: reject }]
  return hangup === undefined ? [] : [{ verb: 'hangup' }]
}
