import { hostname, userInfo } from 'node:os'
import type { Io } from './io.js'

/** Who runs this: the user's name, else the uid (a container has no name for it) with the host's name. */
export function userName(env: Io['env'], systemUser = userInfo): string {
  const named = env.USER || env.LOGNAME
  if (named) return named
  try {
    return systemUser().username
  } catch {
    return `uid ${process.getuid?.()} at ${hostname()}`
  }
}
