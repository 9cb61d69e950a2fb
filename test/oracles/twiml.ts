import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Element } from '@xmldom/xmldom'
import { elementsOf, rootOf } from '../harness/twiml-text.js'

/** What may be in what, from Twilio's page of each verb. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  Response: ['Dial', 'Pause', 'Say', 'Play', 'Record', 'Redirect', 'Reject', 'Hangup', 'Gather'],
  Dial: ['Sip', 'Number'],
  Gather: ['Say', 'Play'],
}

/** Documented on the page of `<Dial>`, and missing in the SDK's types. */
const UNTYPED = ['callReason']

const TYPES = readFileSync(
  createRequire(import.meta.url).resolve('twilio/lib/twiml/VoiceResponse.d.ts'),
  'utf8',
)

/** The attributes that the SDK's own types give an element. */
function attributesOf(element: string): string[] {
  const [, body = ''] = new RegExp(`interface ${element}Attributes \\{([^}]*)\\}`).exec(TYPES) ?? []
  return [...body.matchAll(/^\s*(\w+)\?:/gm)].map(([, name]) => name!)
}

/** What Twilio would find error with (warning 12200): elements out of place and attributes that it does not know. */
export function complaintsOf(twiml: string): string[] {
  const root = rootOf(twiml)
  return root.tagName === 'Response' ? complaints(root) : ['the root is not Response']
}

function complaints(element: Element): string[] {
  const known = [...attributesOf(element.tagName), ...UNTYPED]
  const unknown = [...element.attributes].filter(({ name }) => !known.includes(name))
  const children = elementsOf(element)
  const misplaced = children.filter(({ tagName }) => !CHILDREN[element.tagName]?.includes(tagName))
  return [
    ...unknown.map(({ name }) => `${element.tagName} has no attribute ${name}`),
    ...misplaced.map(({ tagName }) => `${tagName} cannot be in ${element.tagName}`),
    ...children.flatMap(complaints),
  ]
}
