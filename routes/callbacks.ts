import type { FastifyReply, FastifyRequest } from 'fastify'
import { parameter } from '../src/call/call.js'
import { endOf, FINAL_STATUSES } from '../src/call/outcome.js'
import { isForeign } from '../src/for-account.js'
import type { WebhookParameters } from '../src/twilio/parameters.js'
import { callOver } from './concurrent-calls.js'
import { finish } from './finish.js'
import { noteLeg } from './legs.js'
import { noteProgress } from './no-progress.js'
import type { Service } from './service.js'

/** `/status`: the progress of a hop's leg, or the end of a call. */
export function status(service: Service) {
  return function noteStatus({ webhook }: FastifyRequest, reply: FastifyReply): void {
    const { params, query } = webhook
    const now = service.now()
    const state = parameter(params, 'CallStatus')
    const parent = parameter(params, 'ParentCallSid')
    if (parent === '') {
      if (FINAL_STATUSES.includes(state)) noteCallEnd(service, parameter(params, 'CallSid'), params, now)
    } else {
      const endpoint = parameter(query, 'endpoint')
      const accountSid = parameter(params, 'AccountSid')
      const leg = { parent, callSid: parameter(params, 'CallSid'), endpoint, state }
      if (!isForeign(service.active.config, accountSid, endpoint)) {
        noteLeg(service, leg, now)
        noteProgress(service, { ...leg, accountSid }, parameter(query, 'noProgress'))
      }
    }
    reply.code(204).send()
  }
}

/** A call is over. For a call that was placed and never answered, only this callback says what came of it. */
function noteCallEnd(service: Service, callSid: string, params: WebhookParameters, now: number): void {
  const record = service.book.find(callSid)
  if (record?.verb === '') record.ended = endOf(params)
  callOver(service, callSid)
  finish(service, callSid, now)
}

/** `/recording`: a recording or its transcription is ready, or has failed. */
export function recording({ log }: Service) {
  return function noteRecording({ webhook }: FastifyRequest, reply: FastifyReply): void {
    const given = (name: string) => parameter(webhook.params, name) || undefined
    log.info(
      {
        callSid: given('CallSid'),
        recordingSid: given('RecordingSid'),
        recordingUrl: given('RecordingUrl'),
        status: given('RecordingStatus') ?? given('TranscriptionStatus'),
        seconds: given('RecordingDuration'),
        transcriptionSid: given('TranscriptionSid'),
      },
      'recording',
    )
    reply.code(204).send()
  }
}
