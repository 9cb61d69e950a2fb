import { Graph as DagreGraph, layout } from '@dagrejs/dagre'
import { type Box, boxOf } from './boxes.js'
import type { Graph, PictureEdge } from './graph.js'
import { widthOf } from './measure.js'

interface Point {
  readonly x: number
  readonly y: number
}

/** A box with its upper left corner. */
export interface PlacedBox extends Box, Point {}

/** An edge with the points of its line, and the middle of its label. */
export interface PlacedEdge {
  readonly edge: PictureEdge
  readonly points: readonly Point[]
  readonly label: Point
  readonly words: readonly string[]
}

/** A graph with places, in pixels. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly boxes: readonly PlacedBox[]
  readonly edges: readonly PlacedEdge[]
}

export const LABEL_LINE = 14
const MOST_WORDS = 4

/** Lays a graph out from left to right; rules keep their order from top to bottom. */
export function layOut(graph: Graph): Layout {
  const dagre = new DagreGraph<object, Box & Point, { points: Point[] } & Point>({ directed: true })
  dagre.setGraph({
    rankdir: 'LR',
    nodesep: 18,
    edgesep: 14,
    ranksep: 28,
    rankalign: 'top',
    marginx: 2,
    marginy: 2,
  })
  const boxes = graph.nodes.map(boxOf)
  const widest = Math.max(...boxes.filter(({ node }) => node.kind === 'rule').map(({ width }) => width))
  for (const box of boxes)
    dagre.setNode(box.node.id, { ...box, width: box.node.kind === 'rule' ? widest : box.width } as Box &
      Point)
  for (const edge of graph.edges) {
    const words = wordsOf(edge)
    const width = Math.max(0, ...words.map((word) => widthOf(word, 'small') + 8))
    // the way on is drawn straight, what is otherwise goes around it
    const weight = edge.label === 'otherwise' ? 1 : 4
    dagre.setEdge(edge.from, edge.to, {
      width,
      height: words.length * LABEL_LINE,
      labelpos: 'c',
      weight,
    } as never)
  }
  // boxes keep the order in which they were added: that in which rules are asked
  layout(dagre, { disableOptimalOrderHeuristic: true })
  const { width = 0, height = 0 } = dagre.graph() as { width?: number; height?: number }
  return {
    width,
    height,
    boxes: graph.nodes.map(({ id }) => placed(dagre.node(id))),
    edges: graph.edges.map((edge) => {
      const { points, x, y } = dagre.edge(edge.from, edge.to)
      const [from, to] = [placed(dagre.node(edge.from)), placed(dagre.node(edge.to))]
      // a line leaves in the middle of one side and arrives in the middle of the other
      const ends = [
        { x: from.x + from.width, y: from.y + from.height / 2 },
        { x: to.x, y: to.y + to.height / 2 },
      ]
      const between = points.slice(1, -1)
      return { edge, points: [ends[0]!, ...between, ends[1]!], label: { x, y }, words: wordsOf(edge) }
    }),
  }
}

/** dagre gives the middle of a node. */
function placed(box: Box & Point): PlacedBox {
  return { ...box, x: box.x - box.width / 2, y: box.y - box.height / 2 }
}

function wordsOf({ label }: PictureEdge): string[] {
  const words = label === '' ? [] : label.split(', ')
  return words.length > MOST_WORDS
    ? [...words.slice(0, MOST_WORDS - 1), `and ${words.length - MOST_WORDS + 1} more`]
    : words
}

/** The line of an edge: each part leaves and arrives level. */
export function lineOf(points: readonly Point[]): string {
  const [first, ...others] = points.map(({ x, y }) => ({ x: round(x), y: round(y) })) as [Point, ...Point[]]
  let [line, from] = [`M${first.x} ${first.y}`, first]
  for (const to of others) {
    const middle = round((from.x + to.x) / 2)
    line += `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`
    from = to
  }
  return line
}

function round(of: number): number {
  return Math.round(of * 10) / 10
}
