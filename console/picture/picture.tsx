import { useMemo, useState } from 'preact/hooks'
import type { FoundRoutes } from '../../routes/admin/routes.js'
import { Drawing } from './drawing.js'
import { type Graph, graphOf, isCut, type PictureSubject } from './graph.js'
import type { Lights } from './lights.js'
import { PictureList } from './list.js'
import type { Traffic } from './traffic.js'
import './picture.css'

/** An endpoint as a picture shows it. */
export type PicturedEndpoint = Pick<FoundRoutes['endpoints'][number], 'name' | 'calls'> & {
  readonly state: string
}

/** What both forms of a picture show. */
export interface PictureView {
  readonly graph: Graph
  readonly lights: Lights
  readonly endpoints: ReadonlyMap<string, PicturedEndpoint>
  readonly traffic?: Traffic | undefined
}

/** The picture of a question. It is the same graph while only states change, so nothing moves. */
export function useGraph(
  found: FoundRoutes | undefined,
  { to, endpoint, rule }: PictureSubject,
): Graph | undefined {
  const kept = found && isCut(found) ? rule : undefined
  const drawn =
    found && JSON.stringify([found.routes, found.configRules, found.lists, found.default, to, endpoint, kept])
  return useMemo(() => found && graphOf(found, { to, endpoint, rule: kept } as PictureSubject), [drawn])
}

const NARROW = '(max-width: 60rem)'

/** Routes as a picture, or as a list where that is easier to read: in a narrow window, or by choice. */
export function Picture({ title, ...view }: PictureView & { readonly title: string }) {
  const [asList, setAsList] = useState(() => matchMedia(NARROW).matches)
  return (
    <figure class="picture" aria-label={title}>
      <div class="forms">
        <Form of={false} now={asList} set={setAsList} says="Picture" />
        <Form of={true} now={asList} set={setAsList} says="List" />
      </div>
      {asList ? <PictureList {...view} /> : <Drawing {...view} title={title} />}
      {view.graph.more > 0 && <p class="quiet">{view.graph.more} more rules are not shown.</p>}
    </figure>
  )
}

interface FormProps {
  readonly of: boolean
  readonly now: boolean
  readonly set: (asList: boolean) => void
  readonly says: string
}

function Form({ of, now, set, says }: FormProps) {
  return (
    <button type="button" class="form" aria-pressed={of === now} onClick={() => set(of)}>
      {says}
    </button>
  )
}
