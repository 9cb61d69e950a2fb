import type { FastifyReply, FastifyRequest } from 'fastify'
import { parameter } from '../src/call/call.js'
import { finish } from './finish.js'
import type { Service } from './service.js'

/** Statuses after which a call says nothing more. */
const FINAL = ['completed', 'busy', 'failed', 'no-answer', 'canceled']

/** `/status`: the progress of a hop's leg, or the end of a call. */
export function status(service: Service) {
  return function noteStatus({ webhook }: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { params, query } = webhook
    const now = service.now()
    const state = parameter(params, 'CallStatus')
    const parent = parameter(params, 'ParentCallSid')
    if (parent === '') {
      if (FINAL.includes(state)) finish(service, parameter(params, 'CallSid'), now)
    } else {
      noteLeg(
        service,
        { parent, leg: parameter(params, 'CallSid'), endpoint: parameter(query, 'endpoint') },
        state,
        now,
      )
    }
    return reply.code(204).send()
  }
}

interface Leg {
  /** The call that the leg belongs to. */
  readonly parent: string
  /** Its own CallSid. */
  readonly leg: string
  readonly endpoint: string
}

/** Callbacks come in any order and may be lost, so each is taken for no more than it says. */
function noteLeg(service: Service, { parent, leg, endpoint }: Leg, state: string, now: number): void {
  const { book, health, limits, outcomes } = service
  if (state === 'ringing') book.open(parent, now).rang.add(endpoint)
  else if (state === 'in-progress') health.note(endpoint, 'answered', now)
  // the end of a leg whose <Dial> has ended may come late, when the same endpoint rings again
  else if (FINAL.includes(state) && !outcomes.has(leg)) limits.release(endpoint, parent)
}

/** `/recording`: a recording or its transcription is ready, or is not to be had. */
export function recording({ log }: Service) {
  return function noteRecording({ webhook }: FastifyRequest, reply: FastifyReply): FastifyReply {
    const tell = (name: string) => parameter(webhook.params, name) || undefined
    log.info(
      {
        callSid: tell('CallSid'),
        recordingSid: tell('RecordingSid'),
        recordingUrl: tell('RecordingUrl'),
        status: tell('RecordingStatus') ?? tell('TranscriptionStatus'),
        seconds: tell('RecordingDuration'),
        transcriptionSid: tell('TranscriptionSid'),
      },
      'recording',
    )
    return reply.code(204).send()
  }
}
