import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Gives what is garbage back to the machine, now. It holds everything up: some milliseconds for 10 MB that are alive. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  collect()
}
