import { hrefWith } from '../address.js'
import { Text } from '../text.js'
import { edgesFrom, type PictureEdge, type PictureNode, type Rung } from './graph.js'
import type { PictureView } from './picture.js'
import { rungNow } from './rung.js'

/** A picture as a list, for narrow windows and screen readers. */
export function PictureList(view: PictureView) {
  const { nodes, edges } = view.graph
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const out = edgesFrom({ edges })
  const seen = new Set<string>()
  return (
    <ul class="outline">
      {nodes
        .filter(({ kind }) => kind === 'number')
        .map((node) => (
          <li key={node.id}>{item(node)}</li>
        ))}
    </ul>
  )

  /** A box and what follows it; a box that is further up in the list is only named. */
  function item(node: PictureNode, edge?: PictureEdge) {
    const isAgain = seen.has(node.id)
    seen.add(node.id)
    const after = isAgain ? [] : (out.get(node.id) ?? [])
    const isChain = node.kind === 'dial' || node.kind === 'actions'
    const parts = after.map((one) => (
      <li key={one.id}>{item(byId.get(one.to)!, isChain ? one : undefined)}</li>
    ))
    return (
      <>
        <Item node={node} edge={edge} isAgain={isAgain} view={view} />
        {parts.length > 0 && (isChain ? <ul>{parts}</ul> : <ol>{parts}</ol>)}
      </>
    )
  }
}

interface ItemProps {
  readonly node: PictureNode
  readonly edge: PictureEdge | undefined
  readonly isAgain: boolean
  readonly view: PictureView
}

function Item({ node, edge, isAgain, view }: ItemProps) {
  const { lights, traffic } = view
  const tone = lights.nodes.has(node.id) ? 'lit' : lights.faint.has(node.id) ? 'faint' : ''
  const failed = lights.failed.get(node.id)
  const calls = traffic?.nodes.get(node.id) ?? 0
  if (isAgain)
    return (
      <p class="again">
        <span class="quiet">{edge?.label}</span> <Text of={nameOf(node)} />
      </p>
    )
  return (
    <div class={`item ${node.kind} ${tone}`}>
      {edge && <p class="quiet small">{edge.label}</p>}
      <p>
        <span class="quiet">{node.label}</span>{' '}
        {node.title !== '' && (
          <strong>
            <Text of={node.title} most={200} />
          </strong>
        )}
        {tone === 'lit' && <span class="unseen"> (the call goes here)</span>}
        {calls > 0 && (
          <span class="quiet count">
            {' '}
            {calls} {calls === 1 ? 'call' : 'calls'}
          </span>
        )}
      </p>
      {node.lines.map((line) => (
        <p key={line} class={line === failed ? 'failed' : ''}>
          {line === failed && '✕ '}
          <Text of={line} most={300} />
        </p>
      ))}
      {node.rungs?.map((rung) => (
        <RungItem key={rung.name} rung={rung} box={node.id} view={view} />
      ))}
      {node.place !== undefined && (
        <p class="quiet small">
          <code>
            <Text of={node.place} most={200} />
          </code>
        </p>
      )}
    </div>
  )
}

function RungItem({
  rung,
  box,
  view,
}: {
  readonly rung: Rung
  readonly box: string
  readonly view: PictureView
}) {
  const { tone, sign, says } = rungNow(rung, box, view)
  return (
    <p>
      {rung.endpoints.map((name) => (
        <span key={name} class="rung">
          {view.endpoints.has(name) ? (
            <a href={hrefWith('/endpoints', { name })}>
              <Text of={name} />
            </a>
          ) : (
            <Text of={name} />
          )}
        </span>
      ))}{' '}
      <span class={tone}>
        {sign} {says}
      </span>
    </p>
  )
}

/** What a box is called where it is not shown as a whole. */
function nameOf({ label, title, rungs = [] }: PictureNode): string {
  if (rungs.length > 0) return rungs.map(({ name }) => name).join(', ')
  return label === 'action' || label === '' ? title : label
}
