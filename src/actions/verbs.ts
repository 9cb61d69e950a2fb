import { below, type Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import type { CompileContext as Context } from '../model/compile-context.js'
import type { Action } from '../model/config.js'
import { parseTemplate } from '../template/template.js'
import {
  PLAY_ATTRIBUTES,
  RECORD_ATTRIBUTES,
  REDIRECT_ATTRIBUTES,
  SAY_ATTRIBUTES,
} from '../twilio/attributes.js'
import { attributesOf } from '../twilio/attributes-of.js'
import { spokenMarkup } from '../xml/markup.js'
import type { BodySource } from './schema.js'

/** Compiles the verbs of a body that need neither endpoints nor other actions, in the order in which they run. */
export function compileVerbs(body: BodySource, origin: Origin, context: Context): Action[] {
  const actions: (Action | undefined)[] = [
    compileSay(body, origin, context),
    compilePlay(body, origin, context),
    body.dial ? undefined : compileRecord(body),
    body.dial ? undefined : compileEnd(body),
  ]
  return actions.filter((action) => action !== undefined)
}

function compileSay({ say }: BodySource, origin: Origin, context: Context): Action | undefined {
  if (say === undefined) return undefined
  const source = typeof say === 'string' ? { text: say } : say
  const { value, problems } = parseTemplate(source.text, context.isTemplateName, context.templateNames)
  context.report.addAll([...problems, ...spokenMarkup(source.text)], below(origin, 'say'))
  return value && { verb: 'say', text: value, attributes: attributesOf(source, SAY_ATTRIBUTES) }
}

function compilePlay({ play }: BodySource, origin: Origin, { report }: Context): Action | undefined {
  if (play === undefined) return undefined
  const source: { url?: string } & Record<string, unknown> = typeof play === 'string' ? { url: play } : play
  const attributes = attributesOf(source, PLAY_ATTRIBUTES)
  if (source.url === undefined && attributes.digits === undefined)
    report.add(nothingToPlay, below(origin, 'play'), 'key')
  return { verb: 'play', url: source.url ?? '', attributes }
}

const nothingToPlay: Problem = {
  code: 'missing-key',
  message: 'play has neither url nor digits',
  expected: 'url or digits',
  help: 'add url',
}

function compileRecord({ record }: BodySource): Action | undefined {
  if (record === undefined || record === 'false') return undefined
  return {
    verb: 'record',
    attributes: typeof record === 'string' ? {} : attributesOf(record, RECORD_ATTRIBUTES),
  }
}

/** One of them: of several, the others are reported. */
function compileEnd({ redirect, reject, hangup }: BodySource): Action | undefined {
  if (redirect !== undefined) {
    const source: { url: string } & Record<string, unknown> =
      typeof redirect === 'string' ? { url: redirect } : redirect
    return { verb: 'redirect', url: source.url, attributes: attributesOf(source, REDIRECT_ATTRIBUTES) }
  }
  if (reject !== undefined) return { verb: 'reject', reason: reject }
  return hangup === undefined ? undefined : { verb: 'hangup' }
}
