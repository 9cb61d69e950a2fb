import express, { type Express, type Response } from 'express'
import twilio from 'twilio'
import { BINS, binUrl, numberAt, TOKEN, type Today, todayAt } from './whole-account.js'

const { VoiceResponse } = twilio.twiml

/** Where the office's trunk leads, by the names that travel in the URL. */
const OFFICE: Readonly<Record<string, string>> = {
  fra1: 'fra1.example.com;region=de1;secure=true',
  fra2: 'fra2.example.com;region=de1;secure=true',
  dub: 'dub.example.com;secure=true?X-From=trunk',
}

/** Numbers of which the webhook says something else than the account does. */
export const PLANTED = { text: numberAt(5), busy: numberAt(0), record: numberAt(20) }

/**
 * The webhook of the whole account as people write it in Express: the middleware of Twilio's SDK, a weighted draw, what is
 * left to try in the query of the `action` URL, URLs without a host. It differs from the account for `PLANTED` alone.
 */
export function usualWebhook(): Express {
  const app = express()
  app.use(express.urlencoded({ extended: false }))
  app.use(twilio.webhook(TOKEN))
  app.post('/voice', function voice({ body }, response) {
    const today = todayAt(Number(body.To.slice(-7)) - 1_000_000)
    if (body.To === PLANTED.busy) binWith(response, 0, body, '/after?say=Please+try+later.')
    else if (today === 'nothing') send(response, '<Reject/>')
    else if ('url' in today) redirect(response, today)
    else if ('bin' in today) bin(response, today.bin, body)
    else if (today.trunk === 3) pbx(response)
    else office(response, body.To, Math.random() < 0.8 ? 'fra1,fra2,dub,gsm' : 'fra2,fra1,dub,gsm')
  })
  app.post('/office', function afterOffice({ body, query }, response) {
    const failed = Number(body.DialSipResponseCode) >= 500
    if (body.DialCallStatus === 'completed') send(response, '')
    else if (failed && query.left !== '') office(response, body.To, String(query.left))
    else send(response, '<Reject reason="busy"/>')
  })
  app.post('/pbx', function afterPbx({ body }, response) {
    if (body.DialCallStatus === 'completed') send(response, '')
    else send(response, '<Redirect method="GET">https://dr.example.com/down?token=very-secret</Redirect>')
  })
  app.post('/after', function after({ body, query }, response) {
    const isBusy = body.To !== PLANTED.busy || body.DialCallStatus === 'busy'
    send(response, body.DialCallStatus !== 'completed' && isBusy ? `<Say>${query.say}</Say>` : '')
  })
  return app
}

function send(response: Response, inner: string): void {
  response.type('text/xml').send(`<?xml version="1.0" encoding="UTF-8"?><Response>${inner}</Response>`)
}

function redirect(response: Response, { url, method = 'POST' }: Extract<Today, { url: string }>): void {
  const twiml = new VoiceResponse()
  twiml.redirect({ method }, url)
  response.type('text/xml').send(twiml.toString())
}

type Body = Readonly<Record<'To' | 'From', string>>

/** What dialsip cannot take is asked of the bin itself. */
function bin(response: Response, at: number, body: Body): void {
  if (BINS[at]![1] === undefined) redirect(response, { url: binUrl(at) })
  else if (at === 4) binWith(response, at, body, '/after?say=Nobody+is+here.')
  else if (body.To === PLANTED.text) send(response, '<Say>We are closed.</Say>')
  else send(response, filled(at, body))
}

/** The same, with an `action` in place of what follows the `<Dial>`. */
function binWith(response: Response, at: number, body: Body, action: string): void {
  const [dial] = filled(at, body).split('</Dial>')
  send(response, `${dial!.replace('<Dial', `<Dial action="${action}"`)}</Dial>`)
}

function filled(at: number, { To, From }: Body): string {
  return BINS[at]![0].replace('{{To}}', To)
    .replace('{{From}}', From)
    .replace('>hello.mp3', '>https://handler.twilio.com/twiml/hello.mp3')
}

function office(response: Response, To: string, left: string): void {
  const twiml = new VoiceResponse()
  const [next = '', ...more] = left.split(',')
  const recording =
    To === PLANTED.record ? {} : { record: 'record-from-answer' as const, trim: 'trim-silence' as const }
  const dial = twiml.dial({ answerOnBridge: true, ...recording, action: `/office?left=${more.join(',')}` })
  if (next === 'gsm') dial.number('+15559990001')
  else dial.sip(`sip:${To}@${OFFICE[next]}`)
  response.type('text/xml').send(twiml.toString())
}

function pbx(response: Response): void {
  const twiml = new VoiceResponse()
  twiml.dial({ answerOnBridge: true, action: '/pbx' }).sip('sip:100@pbx3.example.com')
  response.type('text/xml').send(twiml.toString())
}
