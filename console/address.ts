import { signal } from '@preact/signals'

/** The address of the page that is shown; the server gives the same file for each. */
export const address = signal(new URL(location.href))

/** Shows another page, or this one with other parameters. */
export function go(href: string, how: 'push' | 'replace' = 'push'): void {
  history[`${how}State`](null, '', href)
  address.value = new URL(location.href)
}

/** Links between the pages load nothing again; one that the browser opens elsewhere does. */
export function followLinks(): void {
  addEventListener('popstate', () => {
    address.value = new URL(location.href)
  })
  document.addEventListener('click', function follow(event) {
    const link = (event.target as Element).closest?.('a')
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!link || !isPlain || link.target || link.origin !== location.origin || link.hash) return
    event.preventDefault()
    go(link.href)
    scrollTo(0, 0)
    document.querySelector<HTMLElement>('main')?.focus()
  })
}

/** A parameter of the address; empty when it is not there. */
export function parameterOf(name: string): string {
  return address.value.searchParams.get(name) ?? ''
}

/** The address with other parameters; an empty one is left out. */
export function hrefWith(path: string, parameters: Readonly<Record<string, string>>): string {
  const filled = Object.entries(parameters).filter(([, value]) => value !== '')
  const query = new URLSearchParams(filled)
  return query.size > 0 ? `${path}?${query}` : path
}
