import { crc32, deflateSync } from 'node:zlib'

/** Pixels as a canvas has them: four bytes each. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly rgba: Buffer
}

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
const MOST_COLOURS = 256

/**
 * A PNG with a palette (W3C PNG, third edition, §11.2): a third of what Chromium writes. The colours that come most
 * often are kept; each of the others, which are edges of letters, becomes the nearest of those.
 */
export function smallPng({ width, height, rgba }: Pixels): Buffer {
  const colours = new Uint32Array(rgba.buffer, rgba.byteOffset, width * height)
  const palette = mostUsed(colours)
  const index = new Map(palette.map((colour, at) => [colour, at]))
  const rows = Buffer.alloc(height * (width + 1))
  for (const [at, colour] of colours.entries()) {
    const known = index.get(colour) ?? nearest(colour, palette)
    index.set(colour, known)
    // each row begins with the kind of its filter: none
    rows[at + Math.floor(at / width) + 1] = known
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3, 0, 0, 0], 8)
  const body = deflateSync(rows, { level: 9, memLevel: 9 })
  const parts = [
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(palette.flatMap(channels))),
    chunk('IDAT', body),
  ]
  return Buffer.concat([SIGNATURE, ...parts, chunk('IEND', Buffer.alloc(0))])
}

function mostUsed(colours: Uint32Array): number[] {
  const counts = new Map<number, number>()
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1)
  const weighed = [...counts].map(([colour, count]) => ({ colour, weight: count * (1 + vividness(colour)) }))
  const sorted = weighed.sort((a, b) => b.weight - a.weight)
  return sorted.slice(0, MOST_COLOURS).map(({ colour }) => colour)
}

/** A green dot is small, and yet it is not to become grey. */
function vividness(colour: number): number {
  const all = channels(colour)
  return Math.max(...all) - Math.min(...all)
}

function nearest(colour: number, palette: readonly number[]): number {
  const distances = palette.map((one) => distance(channels(one), channels(colour)))
  return distances.indexOf(Math.min(...distances))
}

function distance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0)
}

/** Red, green and blue; a canvas has red in the lowest byte of a number here. */
function channels(colour: number): number[] {
  return [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255]
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}
