import { below, type Origin } from '../errors/origin.js'
import type { CompileContext } from '../model/compile-context.js'
import type { Endpoint, Screen } from '../model/config.js'
import { parseTemplate } from '../template/template.js'
import { SAY_ATTRIBUTES } from '../twilio/attributes.js'
import { attributesOf } from '../twilio/attributes-of.js'
import { spokenMarkup } from '../xml/markup.js'
import type { ScreenSource } from './schema.js'

/** Compiles `screen`. A document of one's own (`url` at the endpoint) takes its place. */
export function compileScreen(
  source: unknown,
  endpoints: readonly Endpoint[],
  origin: Origin,
  context: CompileContext,
): Screen | undefined {
  if (source !== true && typeof source !== 'object') return undefined
  const own = endpoints.find((endpoint) => endpoint.attributes.url)
  if (own) {
    context.report.add(
      {
        code: 'screen-document',
        message: `endpoint ${own.name} has a screening document of its own, so screen has no effect there`,
        expected: 'either screen or url',
        help: 'remove url from the endpoint, or screen here',
      },
      origin,
    )
    return undefined
  }
  const given: ScreenSource = source === true ? {} : (source as ScreenSource)
  // whoever says nothing to the contrary wants the call accepted
  const accept = given.accept ?? (given.say === undefined ? '1' : undefined)
  const text = given.say ?? `You have a call. Press ${accept!.split('').join(' ')} to accept it.`
  const { value, problems } = parseTemplate(text, context.isTemplateName, context.templateNames)
  context.report.addAll([...problems, ...spokenMarkup(text)], below(origin, 'say'))
  return (
    value && {
      say: value,
      accept,
      timeout: given.timeout ?? 5,
      attributes: attributesOf(given as Record<string, unknown>, SAY_ATTRIBUTES),
    }
  )
}
