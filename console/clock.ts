import { signal } from '@preact/signals'

/** The time of the server, in epoch milliseconds; a second later each second. */
export const clock = signal(Date.now())

/** A clock that is less off than this is taken for right: its seconds come as whole ones. */
const OFF_MS = 2000

let ahead = 0

setInterval(function tick() {
  if (!document.hidden) clock.value = Date.now() + ahead
}, 1000)

/** Notes the `Date` of an answer (RFC 9110 §6.6.1). */
export function setClock(date: string | null): void {
  const off = Date.parse(date ?? '') - Date.now()
  const isOff = Math.abs(off) > OFF_MS
  if (isOff && Math.abs(off - ahead) < OFF_MS) return
  ahead = isOff ? off : 0
  clock.value = Date.now() + ahead
}
