import { z } from 'zod'
import { below } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import { attributeShape, url } from '../schema/scalars.js'
import { attributesOf, PLAY_ATTRIBUTES } from '../twilio/attributes.js'
import { escapeXml } from '../xml/escape.js'
import type { ElementKind } from './action.js'

type PlaySource = { readonly url?: string } & Readonly<Record<string, unknown>>

const expected = 'an http or https URL, or a map with url and loop'

const schema = z.union(
  [
    url(expected),
    z.strictObject({
      url: url().optional().describe('The audio file; none is needed next to digits.'),
      ...attributeShape(PLAY_ATTRIBUTES),
    }),
  ],
  expected,
)

/** `play: https://example.com/hello.mp3` */
export const PLAY: ElementKind = {
  verb: 'play',
  schema: schema.optional().describe('Play an audio file.'),
  ends: false,
  answers: true,
  element: 'Play',
  content: escapeXml,
  compile({ play }, origin, { report }) {
    const source = (typeof play === 'string' ? { url: play } : play) as PlaySource
    const attributes = attributesOf(source, PLAY_ATTRIBUTES)
    if (source.url === undefined && attributes.digits === undefined)
      report.add(nothingToPlay, below(origin, 'play'), 'key')
    return { value: [source.url ?? ''], attributes }
  },
}

const nothingToPlay: Problem = {
  code: 'missing-key',
  message: 'play has neither url nor digits',
  expected: 'url or digits',
  help: 'add url',
}
