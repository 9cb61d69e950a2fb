import type { DiffAnswer } from '../../routes/admin/compare.js'
import { hrefWith } from '../address.js'
import { CopyButton } from '../copy-button.js'
import { Text } from '../text.js'

type Difference = DiffAnswer['differences'][number]
type Affected = Difference['affected'][number]

const LONG = 300

/** What a config changes for calls. */
export function Differences({ diff }: { readonly diff: DiffAnswer }) {
  const { settings, differences, unsure, listedUntil } = diff
  if (!diff.callsChange) return <Notes diff={diff} />
  return (
    <>
      <h2>What changes for calls</h2>
      {settings.map(({ setting, old, new: other, means }) => (
        <section key={setting} class="card difference">
          <h3>
            <Text of={setting} />
          </h3>
          <p class="quiet">
            <Text of={means} most={LONG} />
          </p>
          <Facts removed={[old]} added={[other]} />
        </section>
      ))}
      <ol class="differences">
        {differences.map((difference, at) => (
          <li key={at} class="card difference">
            <DifferenceCard difference={difference} />
          </li>
        ))}
      </ol>
      <More count={diff.moreDifferences} what="differences" />
      {unsure.map(({ route, numbers, moreNumbers, why }, at) => (
        <p key={at}>
          <span class="badge warn">may differ</span> {routeText(route)}:{' '}
          <Numbers numbers={numbers} more={moreNumbers} />{' '}
          <span class="quiet">
            (<Text of={why} most={LONG} />)
          </span>
        </p>
      ))}
      <More count={diff.moreUnsure} what="routes that may differ" />
      <Notes diff={diff} />
      {differences.length > 0 && <p class="quiet">Times are listed until {listedUntil.slice(0, 10)}.</p>}
    </>
  )
}

/** Changes that no call notices. */
function Notes({ diff: { notes, moreNotes } }: { readonly diff: DiffAnswer }) {
  return (
    <>
      {notes.map((note) => (
        <p key={note} class="quiet">
          No call notices: <Text of={note} most={LONG} />
        </p>
      ))}
      <More count={moreNotes} what="of these" />
    </>
  )
}

function DifferenceCard({ difference }: { readonly difference: Difference }) {
  const { removed, moreRemoved, added, moreAdded, affected, moreRoutes, example } = difference
  return (
    <>
      <Facts removed={removed} added={added} />
      <More count={moreRemoved} what="lines that are no longer so" />
      <More count={moreAdded} what="lines that are new" />
      <ul class="affected">
        {affected.map(({ route, numbers, moreNumbers, calls, moreCalls }, at) => (
          <li key={at}>
            <strong>
              <Text of={routeText(route)} most={200} />
            </strong>{' '}
            <Numbers numbers={numbers} more={moreNumbers} />
            {calls.map((when, at) => (
              <p key={at} class="quiet">
                <Text of={whenText(when)} most={LONG} />
              </p>
            ))}
            <More count={moreCalls} what="ways" />
          </li>
        ))}
      </ul>
      <More count={moreRoutes} what="routes" />
      {example ? <Example example={example} /> : <p class="warn">No single call shows it.</p>}
    </>
  )
}

function Facts({
  removed,
  added,
}: {
  readonly removed: readonly string[]
  readonly added: readonly string[]
}) {
  return (
    <ul class="facts-changed">
      {removed.map((fact) => (
        <li key={fact}>
          <del>
            <Text of={fact} most={LONG} />
          </del>
        </li>
      ))}
      {added.map((fact) => (
        <li key={fact}>
          <ins>
            <Text of={fact} most={LONG} />
          </ins>
        </li>
      ))}
    </ul>
  )
}

function Example({ example }: { readonly example: NonNullable<Difference['example']> }) {
  const { to, from, at, old, new: other, explain } = example
  return (
    <div class="example">
      <p>
        For example{' '}
        <a href={hrefWith('/try', { to, from: from || 'anonymous', at })} class="number">
          <Text of={`${from || 'anonymous'} → ${to}`} />
        </a>{' '}
        <span class="quiet number">{at}</span>
      </p>
      <dl class="facts">
        <dt>now</dt>
        <dd>
          <Text of={old} most={LONG} />
        </dd>
        <dt>then</dt>
        <dd>
          <Text of={other} most={LONG} />
        </dd>
      </dl>
      <p class="buttons">
        <CopyButton text={explain} what="Copy as explain" />
      </p>
    </div>
  )
}

interface NumbersProps {
  readonly numbers: readonly string[]
  readonly more: number | undefined
}

function Numbers({ numbers, more }: NumbersProps) {
  return (
    <span class="number">
      <Text of={numbers.join(', ')} most={LONG} />
      {more !== undefined && ` and ${more.toLocaleString('en')} more`}
    </span>
  )
}

function More({ count, what }: { readonly count: number | undefined; readonly what: string }) {
  return count === undefined ? null : (
    <p class="quiet">
      and {count.toLocaleString('en')} more {what}
    </p>
  )
}

/** `route berlin`, or `route berlin, now no route`. */
function routeText({ old, new: other }: Affected['route']): string {
  const [from, to] = [old, other].map((name) => (name === '' ? 'no route' : `route ${name}`))
  return from === to ? from! : `${from}, then ${to}`
}

/** `from +1900*; 268 times, first Fri 2026-11-20 17:00-18:00` */
function whenText({ if: conditions, times }: Affected['calls'][number]): string {
  const who = conditions.length > 0 ? conditions.join('; ') : 'every caller'
  if (!times) return `${who}, at any time`
  const { count, first, zone } = times
  const rest = count > first.length ? ', …' : ''
  return `${who}; ${count} ${count === 1 ? 'time' : 'times'} (${zone}): ${first.join(', ')}${rest}`
}
