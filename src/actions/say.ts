import { z } from 'zod'
import { below } from '../errors/origin.js'
import { attributeShape, text } from '../schema/scalars.js'
import { parseTemplate } from '../template/template.js'
import { attributesOf, SAY_ATTRIBUTES } from '../twilio/attributes.js'
import { saidText, spokenMarkup } from '../xml/escape.js'
import type { ElementKind } from './action.js'

const expected = 'a text, or a map with text, voice and language'

const schema = z.union(
  [
    text(expected),
    z.strictObject({
      text: text().describe('The text; it may hold templates.'),
      ...attributeShape(SAY_ATTRIBUTES),
    }),
  ],
  expected,
)

/** `say: Good morning.` */
export const SAY: ElementKind = {
  verb: 'say',
  schema: schema.optional().describe('Say a text; it may hold templates.'),
  ends: false,
  answers: true,
  element: 'Say',
  content: saidText,
  words: (text) => `say "${text}"`,
  compile({ say }, origin, { report, isTemplateName, templateNames }) {
    const source = (typeof say === 'string' ? { text: say } : say) as z.output<typeof schema> & {
      text: string
    }
    const { value, problems } = parseTemplate(source.text, isTemplateName, templateNames)
    report.addAll([...problems, ...spokenMarkup(source.text)], below(origin, 'say'))
    return value && { value, attributes: attributesOf(source as never, SAY_ATTRIBUTES) }
  },
}
