import { parseTemplate } from '../../template/parse.js'
import { SAY_ATTRIBUTES } from '../../twilio/attributes.js'
import type { Endpoint, Screen } from '../config.js'
import type { ScreenSource } from '../schema/dial.js'
import { below, type Origin } from '../source.js'
import { attributesOf, type Context } from './context.js'

const ASK: ScreenSource = { say: 'You have a call. Press 1 to accept it.', accept: '1' }

/** Compiles `screen`. A document of one's own (`url` at the endpoint) takes its place. */
export function compileScreen(
  source: unknown,
  endpoints: readonly Endpoint[],
  origin: Origin,
  context: Context,
): Screen | undefined {
  if (source !== true && typeof source !== 'object') return undefined
  const own = endpoints.find((endpoint) => endpoint.attributes.url)
  if (own) {
    context.report.add(
      {
        code: 'screen-document',
        message: `endpoint ${own.name} has a screening document of its own, so screen has no effect there`,
        expected: 'either screen or url',
        cure: 'remove url from the endpoint, or screen here',
      },
      origin,
    )
    return undefined
  }
  const written: ScreenSource = source === true ? ASK : (source as ScreenSource)
  const text =
    written.say ??
    (written.accept ? `You have a call. Press ${written.accept.split('').join(' ')} to accept it.` : ASK.say!)
  const { value, problems } = parseTemplate(text, context.isTemplateName, context.templateNames)
  context.report.addAll(problems, below(origin, 'say'))
  return (
    value && {
      say: value,
      accept: written.accept,
      timeout: written.timeout ?? 5,
      attributes: attributesOf(written as Record<string, unknown>, SAY_ATTRIBUTES),
    }
  )
}
