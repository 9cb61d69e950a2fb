import type { InternalErrorKind } from './meters.js'
import type { Service } from './service.js'

/** Does something that the answer does not depend on: an error in it is logged, and the call gets its TwiML. */
export function bestEffort(service: Service, callSid: string, note: () => void): void {
  try {
    note()
  } catch (error) {
    logError(service, 'noting', { err: error, callSid }, 'the call was answered, but not all of it was noted')
  }
}

/** Logs and counts an error of ours. No call is lost over a log that fails as well. */
export function logError(
  { log, meters }: Service,
  kind: InternalErrorKind,
  about: object,
  message: string,
): void {
  try {
    meters.error(kind)
    log.error(about, message)
  } catch {
    // the log has failed, too: there is no way to report it
  }
}
