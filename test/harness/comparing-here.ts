import { answerTo } from '../../bin/compare-configs.js'
import type { Comparing, RawAnswer } from '../../routes/admin/plugin.js'
import type { Service } from '../../routes/service.js'

/** Compares the running config with others as the server does, but in this thread. */
export function comparingHere(service: Pick<Service, 'texts' | 'now'>): Comparing['answer'] {
  return async (asks, body = new Uint8Array()) =>
    answerTo({ asks, running: service.texts!, body, now: service.now() }) as RawAnswer
}
