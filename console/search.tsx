import { useEffect, useState } from 'preact/hooks'
import type { EndpointState } from '../routes/admin/endpoints.js'
import type { Outline } from '../routes/admin/route-outline.js'
import type { RecentCall } from '../src/calls/recent-call.js'
import { go, hrefWith } from './address.js'
import { usePolled } from './polled.js'
import { Text } from './text.js'

/** So many of each kind are shown. */
const MOST = 6
const SLOWLY_MS = 10_000

/** What may be a whole number or address: it is looked up as it is. */
const NUMBER = /^(\+\d{5,15}|sips?:.+@.+)$/

interface Found {
  readonly href: string
  readonly kind: string
  readonly text: string
}

/** Finds numbers, endpoints, routes and calls by a part of a number or a name. */
export function Search() {
  const [text, setText] = useState('')
  const [isEntered, setEntered] = useState(false)
  const { found, isCurrent } = useFound(text.trim())
  useEffect(() => {
    // what was found for the text before is still shown; Enter waits for what this text finds
    if (!isEntered || !isCurrent) return
    setEntered(false)
    setText('')
    go(found[0]?.href ?? hrefWith('/calls', { number: text.trim() }))
  }, [isEntered, isCurrent])
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setEntered(text.trim() !== '')
        }}
      >
        <input
          type="search"
          aria-label="Search: a number, a route or an endpoint"
          placeholder="Number, route or endpoint"
          maxLength={200}
          value={text}
          onInput={(event) => {
            setEntered(false)
            setText(event.currentTarget.value)
          }}
          onKeyDown={(event) => event.key === 'Escape' && setText('')}
        />
      </form>
      <div role="status" class="unseen">
        {text.trim() === '' ? '' : `${found.length} found`}
      </div>
      {text.trim() !== '' && (
        <ul class="found">
          {found.map(({ href, kind, text }) => (
            <li key={href}>
              <a href={href} onClick={() => setText('')}>
                <span class="quiet">{kind}</span> <Text of={text} />
              </a>
            </li>
          ))}
          {found.length === 0 && <li class="quiet">Nothing has this in it</li>}
        </ul>
      )}
    </search>
  )
}

function useFound(text: string): { readonly found: readonly Found[]; readonly isCurrent: boolean } {
  const asked = text === '' ? undefined : text
  const { value: called, isCurrent: isCalled } = usePolled<{ calls: RecentCall[] }>(
    asked && hrefWith('/api/calls', { number: asked, limit: '100' }),
    SLOWLY_MS,
  )
  const { value: states } = usePolled<{ endpoints: EndpointState[] }>(asked && '/api/endpoints', SLOWLY_MS)
  const { value: outline, isCurrent } = usePolled<Outline>(
    asked && hrefWith('/api/routes', { search: asked, limit: String(MOST) }),
    SLOWLY_MS,
  )
  if (asked === undefined) return { found: [], isCurrent: false }
  const has = (one: string) => one.toLowerCase().includes(text.toLowerCase())
  const numbers = (called?.calls ?? []).flatMap(({ from, to }) => [from, to]).filter(has)
  const found = [
    ...(NUMBER.test(text)
      ? [
          { kind: 'Number', text, href: hrefWith('/routes', { to: text }) },
          { kind: 'Try a call to', text, href: hrefWith('/try', { to: text }) },
        ]
      : []),
    ...(states?.endpoints ?? [])
      .filter(({ name }) => has(name))
      .slice(0, MOST)
      .map(({ name }) => ({ kind: 'Endpoint', text: name, href: hrefWith('/endpoints', { name }) })),
    ...(outline?.routes ?? []).map(({ name }) => ({
      kind: 'Route',
      text: name,
      href: hrefWith('/routes', { route: name }),
    })),
    ...[...new Set(numbers)]
      .slice(0, MOST)
      .map((number) => ({ kind: 'Calls with', text: number, href: hrefWith('/calls', { number }) })),
  ]
  return { found, isCurrent: isCurrent && isCalled }
}
