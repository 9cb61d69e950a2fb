import type { DifferenceReport, DiffReport, Routes, When } from '../../src/diff/report.js'
import { hrefWith } from '../address.js'
import { CopyButton } from '../copy-button.js'
import { Text } from '../text.js'

/** How many of each are written out; the rest is counted. */
const MOST = { differences: 100, routes: 8, numbers: 6, calls: 4, facts: 12 }
const LONG = 300

/** What a config changes for calls. */
export function Differences({ diff }: { readonly diff: DiffReport }) {
  const { settings, differences, unsure, notes, listedUntil } = diff
  if (!diff.callsChange) return <Notes notes={notes} />
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
        {differences.slice(0, MOST.differences).map((difference, at) => (
          <li key={at} class="card difference">
            <Difference difference={difference} />
          </li>
        ))}
      </ol>
      <More all={differences.length} shown={MOST.differences} what="differences" />
      {unsure.slice(0, MOST.differences).map(({ route, numbers, why }, at) => (
        <p key={at}>
          <span class="badge warn">may differ</span> {routeText(route)}: <Numbers numbers={numbers} />{' '}
          <span class="quiet">
            (<Text of={why} most={LONG} />)
          </span>
        </p>
      ))}
      <Notes notes={notes} />
      {differences.length > 0 && <p class="quiet">Times are listed until {listedUntil.slice(0, 10)}.</p>}
    </>
  )
}

/** What changes without any call noticing. */
function Notes({ notes }: Pick<DiffReport, 'notes'>) {
  return (
    <>
      {notes.slice(0, MOST.differences).map((note) => (
        <p key={note} class="quiet">
          No call notices: <Text of={note} most={LONG} />
        </p>
      ))}
      <More all={notes.length} shown={MOST.differences} what="notes" />
    </>
  )
}

function Difference({ difference }: { readonly difference: DifferenceReport }) {
  const { removed, added, affected, example } = difference
  return (
    <>
      <Facts removed={removed} added={added} />
      <ul class="affected">
        {affected.slice(0, MOST.routes).map(({ route, numbers, calls }, at) => (
          <li key={at}>
            <strong>
              <Text of={routeText(route)} most={200} />
            </strong>{' '}
            <Numbers numbers={numbers} />
            {calls.slice(0, MOST.calls).map((when, at) => (
              <p key={at} class="quiet">
                <Text of={whenText(when)} most={LONG} />
              </p>
            ))}
            <More all={calls.length} shown={MOST.calls} what="ways" />
          </li>
        ))}
      </ul>
      <More all={affected.length} shown={MOST.routes} what="routes" />
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
      {removed.slice(0, MOST.facts).map((fact) => (
        <li key={fact}>
          <del>
            <Text of={fact} most={LONG} />
          </del>
        </li>
      ))}
      {added.slice(0, MOST.facts).map((fact) => (
        <li key={fact}>
          <ins>
            <Text of={fact} most={LONG} />
          </ins>
        </li>
      ))}
    </ul>
  )
}

function Example({ example }: { readonly example: NonNullable<DifferenceReport['example']> }) {
  const { to, from, at, old, new: other, explain } = example
  return (
    <div class="example">
      <p>
        For example{' '}
        <a href={hrefWith('/try', { to, from, at })} class="number">
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

function Numbers({ numbers }: { readonly numbers: readonly string[] }) {
  const rest = numbers.length - MOST.numbers
  return (
    <span class="number">
      <Text of={numbers.slice(0, MOST.numbers).join(', ')} most={LONG} />
      {rest > 0 && ` and ${rest.toLocaleString('en')} more`}
    </span>
  )
}

function More({ all, shown, what }: { readonly all: number; readonly shown: number; readonly what: string }) {
  return all > shown ? (
    <p class="quiet">
      and {(all - shown).toLocaleString('en')} more {what}
    </p>
  ) : null
}

/** `route berlin`, or `route berlin, now no route`. */
function routeText({ old, new: other }: Routes['route']): string {
  const [from, to] = [old, other].map((name) => (name === '' ? 'no route' : `route ${name}`))
  return from === to ? from! : `${from}, then ${to}`
}

/** `from +1900*; 268 times, first Fri 2026-11-20 17:00-18:00` */
function whenText({ if: conditions, times }: When): string {
  const who = conditions.length > 0 ? conditions.join('; ') : 'every caller'
  if (!times) return `${who}, at any time`
  const { count, first, zone } = times
  const rest = count > first.length ? ', …' : ''
  return `${who}; ${count} ${count === 1 ? 'time' : 'times'} (${zone}): ${first.join(', ')}${rest}`
}
