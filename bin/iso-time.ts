/**
 * pino's `timestamp` in ISO 8601. Within a second only the milliseconds change, so the rest is written once: a whole
 * date costs as much as all the other keys of a line.
 */
export function isoTime(now: () => number = Date.now): () => string {
  let second = Number.NaN
  let text = ''
  return function time() {
    const at = now()
    const current = Math.floor(at / 1000)
    if (current !== second) {
      second = current
      text = new Date(current * 1000).toISOString().slice(0, -'000Z'.length)
    }
    return `,"time":"${text}${String(at - current * 1000).padStart(3, '0')}Z"`
  }
}
