/** A time in which an event of a calendar is on, in minutes; `until` is exclusive. */
export interface EventSpan {
  readonly from: number
  readonly until: number
  readonly summary: string
}

/** The spans in order and without overlap: where two overlap, the one that begins first has the time. */
export function disjoint(spans: readonly EventSpan[]): EventSpan[] {
  const kept: EventSpan[] = []
  for (const span of spans.toSorted((a, b) => a.from - b.from || b.until - a.until)) {
    const from = Math.max(span.from, kept.at(-1)?.until ?? span.from)
    if (from < span.until) kept.push({ ...span, from })
  }
  return kept
}

/** The one of disjoint spans that holds a minute. */
export function spanAt(spans: readonly EventSpan[], minute: number): EventSpan | undefined {
  const span = spans[firstEndingAfter(spans, minute)]
  return span && span.from <= minute ? span : undefined
}

/** Where disjoint spans begin and end within [from, until]. */
export function edgesBetween(spans: readonly EventSpan[], from: number, until: number): number[] {
  const edges: number[] = []
  for (let at = firstEndingAfter(spans, from - 1); at < spans.length; at += 1) {
    const span = spans[at]!
    if (span.from > until) break
    edges.push(span.from, span.until)
  }
  return edges.filter((edge) => from <= edge && edge <= until)
}

/** The place of the first span with its end after a minute, by halving. */
function firstEndingAfter(spans: readonly EventSpan[], minute: number): number {
  let [low, high] = [0, spans.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (spans[middle]!.until > minute) high = middle
    else low = middle + 1
  }
  return low
}
