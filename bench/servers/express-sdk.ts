import express from 'express'
import twilio from 'twilio'
import { createLog } from '../../bin/log.js'
import { TOKEN } from '../material/config.js'
import { attributesIn } from './attributes-in.js'
import { tellAddress } from './listen.js'
import { readTable } from './route-table.js'

// What people run today, by Twilio's own documentation: Express, the SDK's middleware, `VoiceResponse`.

const { log } = await createLog({ level: 'info' }, process)
const table = new Map(
  [...readTable()].map(([number, route]) => [number, { ...route, ...shown(route.parts[0]) }]),
)
const app = express()

app.post(
  '/voice',
  express.urlencoded({ extended: false }),
  twilio.webhook(TOKEN, { url: 'https://voice.example.com/voice' }),
  (request, response) => {
    const { CallSid: callSid, From: from, To: to } = request.body as Record<string, string>
    const route = table.get(to!)
    if (!route) return response.status(404).end()
    const twiml = new twilio.twiml.VoiceResponse()
    twiml.dial(route.dial).sip(route.sip, `${route.before}${to}${route.parts[1]}${encodeURIComponent(from!)}`)
    log.info({ callSid, from, to, route: route.name, hop: 'frankfurt', next: ['dublin'] }, route.reason)
    return response.type('text/xml').send(twiml.toString())
  },
)

/** The attributes and the beginning of the URI, out of the document that everybody writes. */
function shown(document: string) {
  return {
    dial: attributesIn(document, 'Dial'),
    sip: attributesIn(document, 'Sip'),
    before: document.slice(document.lastIndexOf('>') + 1),
  }
}

const server = app.listen(0, '127.0.0.1', () => tellAddress(server))
