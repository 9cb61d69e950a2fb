let hangup = false

/**
 * What signals do while `serve` starts. SIGHUP is kept for later: by default it ends a process. As process 1 of a
 * container one has no defaults, and what has no handler is lost: there a stop ends the start, as it does elsewhere.
 */
export function catchEarlySignals(): void {
  process.on('SIGHUP', keepHangup)
  if (process.pid !== 1) return
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, endStart)
}

/** From now on a stop is somebody else's; call it once that one listens, so that no signal falls in between. */
export function releaseStop(): void {
  for (const signal of ['SIGTERM', 'SIGINT']) process.off(signal, endStart)
}

/** From now on SIGHUP calls this, and at once if there was one before. */
export function onHangup(reload: () => void): void {
  process.on('SIGHUP', reload)
  process.off('SIGHUP', keepHangup)
  if (hangup) reload()
}

function keepHangup(): void {
  hangup = true
}

/** Nothing is in flight before a listener is open. */
function endStart(): void {
  process.exit(0)
}
