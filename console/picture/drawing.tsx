import { useMemo } from 'preact/hooks'
import { visible } from '../text.js'
import { type BoxRung, PADDING } from './boxes.js'
import { LABEL_LINE, layOut, lineOf, type PlacedBox, type PlacedEdge } from './layout.js'
import type { PictureView } from './picture.js'
import { rungNow } from './rung.js'

/** A picture that is wider keeps its size, takes the whole window and scrolls; others shrink a little to fit. */
const WIDE = 1350

/** A picture as SVG, from left to right. */
export function Drawing({ title, ...view }: PictureView & { readonly title: string }) {
  const { graph, lights } = view
  const { width, height, boxes, edges } = useMemo(() => layOut(graph), [graph])
  const isLit = ({ edge }: PlacedEdge) => lights.edges.has(edge.id)
  return (
    // what is wider than the window scrolls, and without a focus the arrow keys could not do that
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <div class={width > WIDE ? 'drawing wide' : 'drawing'} tabIndex={0}>
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={title}>
        <defs>
          <ArrowHead id="head" />
          <ArrowHead id="head-lit" />
        </defs>
        {edges
          .filter((one) => !isLit(one))
          .map((one) => (
            <Edge key={one.edge.id} of={one} lit={false} {...view} />
          ))}
        {edges.filter(isLit).map((one) => (
          <Edge key={one.edge.id} of={one} lit {...view} />
        ))}
        {boxes.map((box) => (
          <BoxDrawn key={box.node.id} box={box} {...view} />
        ))}
      </svg>
    </div>
  )
}

function ArrowHead({ id }: { readonly id: string }) {
  return (
    <marker
      id={id}
      viewBox="0 0 8 8"
      refX="7"
      refY="4"
      markerWidth="8"
      markerHeight="8"
      markerUnits="userSpaceOnUse"
      orient="auto"
    >
      <path class={id} d="M0 0.5L8 4L0 7.5Z" />
    </marker>
  )
}

interface EdgeProps extends PictureView {
  readonly of: PlacedEdge
  readonly lit: boolean
}

/** The thickest edge is this much thicker than one without calls. */
const THICKNESS = 4

function Edge({ of: { edge, points, label, words }, lit, lights, traffic }: EdgeProps) {
  const share = traffic && traffic.of > 0 ? (traffic.edges.get(edge.id) ?? 0) / traffic.of : 0
  const tone = lit ? 'lit' : lights.faint.has(edge.to) || lights.faint.has(edge.from) ? 'faint' : ''
  const top = label.y - (words.length * LABEL_LINE) / 2
  return (
    <g class={`edge ${tone}`}>
      <path
        d={lineOf(points)}
        stroke-width={(lit ? 2 : 1.25) + THICKNESS * share}
        marker-end={`url(#${lit ? 'head-lit' : 'head'})`}
      />
      {words.map((word, at) => (
        <text key={word} x={label.x} y={top + at * LABEL_LINE + 11} class="small" text-anchor="middle">
          {word}
        </text>
      ))}
    </g>
  )
}

function BoxDrawn({ box, ...view }: PictureView & { readonly box: PlacedBox }) {
  const { node, x, y, width, height, lines, rungs } = box
  const { lights, traffic } = view
  const tone = lights.nodes.has(node.id) ? 'lit' : lights.faint.has(node.id) ? 'faint' : ''
  const calls = traffic?.nodes.get(node.id) ?? 0
  const failed = lights.failed.get(node.id)
  const failedLine = failed && lines.find((line) => line.of === failed)
  return (
    <g class={`box ${node.kind} ${tone}`} transform={`translate(${x} ${y})`}>
      <rect width={width} height={height} rx={node.kind === 'number' || node.kind === 'end' ? 16 : 7} />
      {lines.map(({ text, font, y }) => (
        <text key={y} x={PADDING} y={y} class={font}>
          {text}
        </text>
      ))}
      {failedLine && (
        <text x={1} y={failedLine.y} class="small failed">
          ✕
        </text>
      )}
      {rungs.map((one) => (
        <RungDrawn key={one.rung.name} of={one} box={box} {...view} />
      ))}
      {calls > 0 && node.kind !== 'number' && node.kind !== 'route' && (
        <text x={width - PADDING} y={PADDING + 9} class="small count" text-anchor="end">
          {calls} {calls === 1 ? 'call' : 'calls'}
        </text>
      )}
    </g>
  )
}

interface RungProps extends PictureView {
  readonly of: BoxRung
  readonly box: PlacedBox
}

function RungDrawn({ of: { rung, name, y }, box: { node }, ...view }: RungProps) {
  const { tone, sign, says } = rungNow(rung, node.id, view)
  return (
    <>
      <circle cx={PADDING + 4} cy={y - 4} r="4" class={tone} />
      <text x={PADDING + 14} y={y} class="title">
        {name}
        <title>{visible(rung.name)}</title>
      </text>
      <text x={PADDING + 14} y={y + 15} class={`small ${tone}`}>
        {sign} {says}
      </text>
    </>
  )
}
