const BASE = 'https://voice.example.com'

/** A document, or an answer that holds one. */
type Twiml = string | { readonly body: string }

/** The path and query of the `action` of a document. */
export function actionOf(twiml: Twiml): string {
  return pathOf(twiml, 'action')
}

/** The path and query of the `referUrl` of a document. */
export function referUrlOf(twiml: Twiml): string {
  return pathOf(twiml, 'referUrl')
}

function pathOf(twiml: Twiml, attribute: string): string {
  const text = typeof twiml === 'string' ? twiml : twiml.body
  const url = new RegExp(` ${attribute}="${BASE}([^"]*)"`).exec(text)
  if (!url) throw new Error(`no ${attribute} in ${text}`)
  return url[1]!.replaceAll('&amp;', '&')
}
