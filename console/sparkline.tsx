const [STEP, HEIGHT] = [5, 40]

/** Calls a minute over the last hour, this minute last. */
export function Sparkline({ minutes }: { readonly minutes: readonly number[] }) {
  const most = Math.max(...minutes)
  const width = minutes.length * STEP
  return (
    <figure class="sparkline">
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} aria-hidden="true">
        {minutes.map((count, at) => {
          const height = count === 0 ? 0 : Math.max(2, (count / most) * HEIGHT)
          return <rect key={at} x={at * STEP} y={HEIGHT - height} width={STEP - 1} height={height} />
        })}
      </svg>
      <figcaption class="quiet">calls a minute in the last hour, {most} at most</figcaption>
    </figure>
  )
}
