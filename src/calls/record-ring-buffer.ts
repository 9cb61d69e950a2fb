/** Ends a text; no UTF-8 has such a byte. */
const END = 0xff

/** A UTF-16 unit becomes so many bytes of UTF-8 at most. */
const WIDEST = 3

/**
 * The last records of some texts each, the oldest overwritten first. They are kept as bytes outside of the heap:
 * thousands of objects that live for some seconds cost the garbage collector more than the calls do
 * (docs/performance.md). The memory is taken block by block, as it is first written to.
 */
export class RecordRingBuffer {
  readonly #blocks: (Buffer | undefined)[]
  readonly #blockSize: number
  /** Of all that was ever written; the place in the blocks is what is left of it after whole rounds. */
  #end = 0

  constructor(blocks: number, blockSize: number) {
    this.#blocks = Array.from({ length: blocks })
    this.#blockSize = blockSize
  }

  /** Keeps a record and gives the place by which it is read again; undefined when it is longer than a block. */
  append(texts: readonly string[]): number | undefined {
    const most = texts.reduce((sum, text) => sum + WIDEST * text.length + 1, 0)
    const size = this.#blockSize
    if (most > size) return undefined
    const place = roomFor(most, this.#end, size)
    const block = this.#blockOf(place)
    let at = place % size
    for (const text of texts) {
      at += block.write(text, at)
      block[at] = END
      at += 1
    }
    this.#end = place + at - (place % size)
    return place
  }

  /** The first so many texts of a record; undefined once it was overwritten. */
  read(place: number, count: number): string[] | undefined {
    if (place < this.#end - this.#blocks.length * this.#blockSize) return undefined
    const block = this.#blockOf(place)
    let at = place % this.#blockSize
    return Array.from({ length: count }, () => {
      const end = block.indexOf(END, at)
      const text = block.toString('utf8', at, end)
      at = end + 1
      return text
    })
  }

  #blockOf(place: number): Buffer {
    const at = Math.floor(place / this.#blockSize) % this.#blocks.length
    this.#blocks[at] ??= Buffer.allocUnsafeSlow(this.#blockSize)
    return this.#blocks[at]
  }
}

/** A record that would go over the end of a block begins the next one. */
function roomFor(most: number, end: number, size: number): number {
  const left = size - (end % size)
  return most > left ? end + left : end
}
