/** Ends a text; no UTF-8 has such a byte. */
const END = 0xff

/** A UTF-16 unit becomes so many bytes of UTF-8 at most. */
const WIDEST = 3

/**
 * The last records of some texts each, the oldest overwritten first. They are kept as bytes outside of the heap:
 * thousands of objects that live for some seconds cost the garbage collector more than the calls do
 * (docs/performance.md). The memory is taken as it is first written to.
 */
export class RecordRingBuffer {
  readonly #bytes: Buffer
  /** Of all that was ever written; the place in `#bytes` is what is left of it after whole rounds. */
  #end = 0

  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafeSlow(size)
  }

  /** Keeps a record and gives the place by which it is read again; undefined when it is longer than the buffer. */
  append(texts: readonly string[]): number | undefined {
    const most = texts.reduce((sum, text) => sum + WIDEST * text.length + 1, 0)
    const size = this.#bytes.length
    if (most > size) return undefined
    const place = roomFor(most, this.#end, size)
    let at = place % size
    for (const text of texts) {
      at += this.#bytes.write(text, at)
      this.#bytes[at] = END
      at += 1
    }
    this.#end = place + at - (place % size)
    return place
  }

  /** The first so many texts of a record; undefined once it was overwritten. */
  read(place: number, count: number): string[] | undefined {
    const size = this.#bytes.length
    if (place < this.#end - size) return undefined
    let at = place % size
    return Array.from({ length: count }, () => {
      const end = this.#bytes.indexOf(END, at)
      const text = this.#bytes.toString('utf8', at, end)
      at = end + 1
      return text
    })
  }
}

/** A record that would go over the end begins again at the front. */
function roomFor(most: number, end: number, size: number): number {
  const left = size - (end % size)
  return most > left ? end + left : end
}
