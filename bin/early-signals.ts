let hangup = false

/**
 * Handles signals while `serve` starts. SIGHUP is kept for later, because by default it ends a process. Process 1 of
 * a container has no default actions, so a signal without a handler would be lost: SIGTERM and SIGINT get one that
 * ends the start, as they do elsewhere.
 */
export function catchEarlySignals(): void {
  process.on('SIGHUP', keepHangup)
  if (process.pid !== 1) return
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, endStart)
}

/**
 * Leaves SIGTERM and SIGINT to another handler. Call it after that one is installed, so that no signal is lost
 * between the two.
 */
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
