import type { Hop } from '../model/config.js'

/** Whether a callee of this hop hears something before the call is put through, and may refuse it there. */
export function isScreened({ screen, endpoints }: Hop): boolean {
  return screen !== undefined || endpoints.some(({ attributes }) => attributes.url !== undefined)
}
