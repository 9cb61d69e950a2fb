/** The fonts of the picture, in pixels; picture.css has the same. */
export const FONTS = {
  small: '11.5px system-ui, sans-serif',
  text: '12.5px system-ui, sans-serif',
  title: '600 13.5px system-ui, sans-serif',
} as const

export type Font = keyof typeof FONTS

const canvas = document.createElement('canvas').getContext('2d')!

/** How wide a text is, in pixels. */
export function widthOf(text: string, font: Font): number {
  canvas.font = FONTS[font]
  return canvas.measureText(text).width
}

/** More is never measured. */
const LONGEST = 400

/** A text in lines no wider than this, of which there are no more than `most`: the last one then ends with `…`. */
export function wrap(text: string, font: Font, width: number, most: number): string[] {
  const lines: string[] = []
  let rest = text.slice(0, LONGEST)
  while (rest !== '' && lines.length < most) {
    const line = firstLine(rest, font, width)
    lines.push(line.trimEnd())
    rest = rest.slice(line.length)
  }
  if (rest !== '') lines.push(`${lines.pop()!.slice(0, -1)}…`)
  return lines
}

/** As many words as fit; of a single word that does not, as many characters. */
function firstLine(text: string, font: Font, width: number): string {
  const fits = (line: string) => widthOf(line.trimEnd(), font) <= width
  if (fits(text)) return text
  let line = ''
  for (const word of text.match(/\S+\s*/g) ?? [text]) {
    if (!fits(line + word)) break
    line += word
  }
  if (line !== '') return line
  let end = 1
  while (fits(text.slice(0, end + 1))) end += 1
  return text.slice(0, end)
}
