import type { Problem } from '../errors/problem.js'
import { suggest } from '../errors/suggest.js'
import { withoutPasswords } from './passwords.js'

interface Mistake {
  readonly looksLike: RegExp
  readonly message: string
  readonly help: (text: string) => string
}

const EXAMPLE = 'sip:jack@example.com'

/** How a SIP URI begins and ends. */
const WHOLE = /^sips?:(?!\/\/).*\S$/is

/** What people write in place of a SIP URI. The first that fits is reported. */
const MISTAKES: readonly Mistake[] = [
  {
    looksLike: /^\s*$/,
    message: 'a SIP URI is expected, and nothing stands here',
    help: () => EXAMPLE,
  },
  {
    looksLike: /^(?!sips?:)[^<]*<[^>]*>/i,
    message: 'a SIP URI stands here without display name and angle brackets',
    help: (text) => repaired(text.slice(text.indexOf('<') + 1, text.indexOf('>'))),
  },
  {
    looksLike: /^\s|\s$/,
    message: 'spaces stand around the SIP URI',
    help: (text) => repaired(text.trim()),
  },
  {
    looksLike: /^(?:tel:|\+[\d().-]+$)/i,
    message: 'a telephone number is not a SIP URI; `{ number: "+1…" }` dials the telephone network',
    help: (text) => `sip:${text.replace(/^tel:/i, '')}@example.com`,
  },
  {
    looksLike: /^(?:client|https?|mailto|wss?|xmpp):/i,
    message: 'a URI of another scheme than sip cannot be dialled here',
    help: () => EXAMPLE,
  },
  {
    looksLike: /^sips?:\/\//i,
    message: 'no slashes follow "sip:" in a SIP URI',
    help: (text) => text.replace('//', ''),
  },
  {
    looksLike: /^(?!sips?:)/i,
    message: 'a SIP URI begins with "sip:"',
    help: withScheme,
  },
]

/** The error of a text that does not even begin as a SIP URI; its help is what was probably meant. */
export function mistakeIn(text: string): Problem | undefined {
  if (WHOLE.test(text)) return undefined
  const mistake = MISTAKES.find(({ looksLike }) => looksLike.test(text))
  if (mistake === undefined) return undefined
  const help = withoutPasswords(mistake.help(text))
  return { code: 'sip-uri', message: mistake.message, expected: EXAMPLE, help }
}

/** What XML wants escaped, and what stands for it in a SIP URI. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&#38;': '&',
  '&#x26;': '&',
  '&lt;': '%3C',
  '&gt;': '%3E',
  '&quot;': '%22',
  '&apos;': "'",
}

/** The error of a URI that was copied out of TwiML: dialsip escapes it for XML itself. */
export function escapedForXml(text: string): Problem | undefined {
  const found = /&(?:amp|#38|#x26|lt|gt|quot|apos);/i.exec(text)?.[0]
  if (found === undefined) return undefined
  const help = ENTITIES[found.toLowerCase()]!
  const message = `"${found}" stands in the SIP URI; write ${help}, which dialsip escapes for XML itself`
  return { code: 'sip-uri', message, expected: 'a SIP URI as it is outside of XML', found, help }
}

function repaired(text: string): string {
  return mistakeIn(text)?.help ?? text
}

/** In `spi:jack@example.com` the scheme is mistyped, in `jack@example.com` and `example.com:5060` it is missing. */
function withScheme(text: string): string {
  const colon = text.indexOf(':')
  const near = colon === -1 ? undefined : suggest(text.slice(0, colon), ['sip', 'sips'])
  return near === undefined ? `sip:${text}` : near + text.slice(colon)
}
