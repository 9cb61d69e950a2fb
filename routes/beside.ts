import type { FaultKind } from './meters.js'
import type { Service } from './service.js'

/** Does what an answer does not depend on: whatever goes wrong with it is logged, and the call gets its TwiML. */
export function beside(service: Service, callSid: string, note: () => void): void {
  try {
    note()
  } catch (error) {
    logFault(service, 'noting', { err: error, callSid }, 'the call was answered, but not all of it was noted')
  }
}

/** Logs and counts a fault of ours. No call is lost over a log that fails as well. */
export function logFault({ log, meters }: Service, kind: FaultKind, about: object, message: string): void {
  try {
    meters.fault(kind)
    log.error(about, message)
  } catch {
    // there is nobody left to tell
  }
}
