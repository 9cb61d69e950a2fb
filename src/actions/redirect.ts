import { z } from 'zod'
import { attributeShape, url } from '../schema/scalars.js'
import { attributesOf, REDIRECT_ATTRIBUTES } from '../twilio/attributes.js'
import { escapeXml } from '../xml/escape.js'
import type { ElementKind } from './action.js'

type RedirectSource = { readonly url: string } & Readonly<Record<string, unknown>>

const expected = 'an http or https URL, or a map with url and method'

const schema = z.union(
  [
    url(expected),
    z.strictObject({
      url: url().describe('The URL whose TwiML goes on with the call.'),
      ...attributeShape(REDIRECT_ATTRIBUTES),
    }),
  ],
  expected,
)

/** `redirect: https://example.com/menu` */
export const REDIRECT: ElementKind = {
  verb: 'redirect',
  schema: schema.optional().describe('Hand the call to another TwiML URL.'),
  ends: true,
  answers: false,
  element: 'Redirect',
  content: escapeXml,
  compile({ redirect }) {
    const source = (typeof redirect === 'string' ? { url: redirect } : redirect) as RedirectSource
    return { value: [source.url], attributes: attributesOf(source, REDIRECT_ATTRIBUTES) }
  },
}
