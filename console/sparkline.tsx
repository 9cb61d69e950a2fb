const MINUTES = 30
const MINUTE_MS = 60_000
const [STEP, HEIGHT] = [8, 36]

interface SparklineProps {
  /** How long ago each call came, in milliseconds. */
  readonly ages: readonly number[]
  /** Whether there were more than these. */
  readonly isCut: boolean
}

/** Calls a minute over the last half hour, or as far back as the calls go. */
export function Sparkline({ ages, isCut }: SparklineProps) {
  const minutes = Array.from({ length: MINUTES }, () => 0)
  for (const age of ages) {
    const at = Math.floor(Math.max(0, age) / MINUTE_MS)
    if (at < MINUTES) minutes[at] = minutes[at]! + 1
  }
  const reach = isCut ? Math.min(MINUTES, Math.floor(Math.max(0, ...ages) / MINUTE_MS)) : MINUTES
  const most = Math.max(1, ...minutes)
  return (
    <figure class="sparkline">
      <svg
        viewBox={`0 0 ${MINUTES * STEP} ${HEIGHT}`}
        width={MINUTES * STEP}
        height={HEIGHT}
        aria-hidden="true"
      >
        {minutes.slice(0, Math.max(1, reach)).map((count, at) => {
          const height = Math.max(1, (count / most) * (HEIGHT - 2))
          const x = (MINUTES - 1 - at) * STEP
          return <rect key={at} x={x} y={HEIGHT - height} width={STEP - 2} height={height} rx="1" />
        })}
      </svg>
      <figcaption>
        <strong>{minutes[0]}</strong> calls in the last minute, at most{' '}
        {most === 1 ? Math.max(...minutes) : most} a minute in {Math.max(1, reach)}
      </figcaption>
    </figure>
  )
}
