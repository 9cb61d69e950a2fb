import { visible } from '../text.js'
import type { PictureNode, Rung } from './graph.js'
import { type Font, widthOf, wrap } from './measure.js'

/** A line of text in a box; `y` is its base line. */
export interface BoxLine {
  readonly text: string
  readonly font: Font
  readonly y: number
  /** Which of the node's lines it is a part of: a condition. */
  readonly of?: string
}

/** Where a hop is in its box: its name at `y`, its state a line below. */
export interface BoxRung {
  readonly rung: Rung
  readonly name: string
  readonly y: number
}

/** A node as it is drawn, before it has a place. */
export interface Box {
  readonly node: PictureNode
  readonly width: number
  readonly height: number
  readonly lines: readonly BoxLine[]
  readonly rungs: readonly BoxRung[]
}

export const PADDING = 12
const HEIGHTS: Readonly<Record<Font, number>> = { small: 15, text: 17, title: 19 }
const RUNG_HEIGHT = 37
const WIDTHS: Readonly<Record<PictureNode['kind'], readonly [least: number, most: number]>> = {
  number: [96, 190],
  route: [88, 150],
  rule: [180, 216],
  dial: [136, 168],
  actions: [110, 190],
  end: [80, 120],
}
const [MOST_LINES, MOST_CONDITIONS] = [3, 6]

/** How large a node is, and where its texts are. What changes while one looks (states, outcomes) changes none of this. */
export function boxOf(node: PictureNode): Box {
  const [least, most] = WIDTHS[node.kind]
  const inner = most - 2 * PADDING
  let y = PADDING - 2
  const lines: BoxLine[] = []
  put(node.label, 'small', 1)
  put(node.title, 'title', 2)
  for (const line of node.lines.slice(0, MOST_CONDITIONS)) put(line, 'text', MOST_LINES)
  const left = node.lines.length - MOST_CONDITIONS
  if (left > 0) put(`and ${left} more`, 'text', 1)
  put(node.place ?? '', 'small', 1)
  const rungs = (node.rungs ?? []).map(placeRung)
  const widest = Math.max(
    ...lines.map(({ text, font }) => widthOf(text, font)),
    ...rungs.map(({ name }) => widthOf(name, 'title') + 14),
  )
  const width = Math.ceil(Math.min(most, Math.max(least, widest + 2 * PADDING + 1)))
  return { node, width, height: y + PADDING - 4, lines, rungs }

  function put(text: string, font: Font, mostLines: number): void {
    for (const line of wrap(visible(text), font, inner, mostLines)) {
      y += HEIGHTS[font]
      lines.push({ text: line, font, y: y - 4, of: text })
    }
  }

  function placeRung(rung: Rung): BoxRung {
    const name = wrap(visible(rung.name.replaceAll('|', ' + ')), 'title', inner - 14, 1)[0]!
    y += RUNG_HEIGHT
    return { rung, name, y: y - 22 }
  }
}
