// In the place of xmlbuilder2 in the exported function, of which it would be two thirds. A test holds both equal.

/** What `src/xml` uses of xmlbuilder2: one element with its attributes and its text. */
export function fragment() {
  return {
    ele: (name: string, attributes: Readonly<Record<string, string>>) => new SmallElement(name, attributes),
  }
}

class SmallElement {
  readonly #name: string
  readonly #attributes: string
  #text = ''

  constructor(name: string, attributes: Readonly<Record<string, string>>) {
    this.#name = name
    this.#attributes = Object.entries(attributes)
      .map(([key, value]) => ` ${key}="${escaped(value).replaceAll('"', '&quot;')}"`)
      .join('')
  }

  txt(text: string): this {
    this.#text = escaped(text)
    return this
  }

  up(): this {
    return this
  }

  toString(): string {
    const start = `<${this.#name}${this.#attributes}`
    return this.#text === '' ? `${start}/>` : `${start}>${this.#text}</${this.#name}>`
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
