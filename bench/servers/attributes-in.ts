/** The attributes of an element, as they are in a document of ours. */
export function attributesIn(document: string, element: string): Record<string, string> {
  const tag = document.slice(document.indexOf(`<${element} `)).replace(/>.*/s, '')
  return Object.fromEntries(
    [...tag.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!.replaceAll('&amp;', '&')]),
  )
}
