import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { parse } from 'fast-querystring'
import { createLog } from '../../bin/log.js'
import { TOKEN } from '../material/config.js'
import { tellAddress } from './listen.js'
import { readTable } from './route-table.js'

// The same work with nothing but Node, written for speed and for nothing else: form, HMAC, look-up, TwiML from a
// template with two holes, one log line. Nothing of it is checked, explained or remembered.

const table = readTable()
const key = createSecretKey(TOKEN, 'utf8')
const { log } = await createLog({ level: 'info' }, process)

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()))
})
server.keepAliveTimeout = 72_000
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => tellAddress(server))

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const params = parse(body) as Record<string, string>
  const route = table.get(params.To!)
  if (!isSigned(request, params) || !route) {
    response.writeHead(403).end()
    return
  }
  const { CallSid: callSid, From: from, To: to } = params
  const [before, between, after] = route.parts
  const twiml = before + escapeXml(to!) + between + escapeXml(encodeURIComponent(from!)) + after
  log.info({ callSid, from, to, route: route.name, hop: 'frankfurt', next: ['dublin'] }, route.reason)
  response.writeHead(200, {
    'content-type': 'text/xml; charset=utf-8',
    'content-length': Buffer.byteLength(twiml),
  })
  response.end(twiml)
}

function isSigned({ url, headers }: IncomingMessage, params: Record<string, string>): boolean {
  let text = `https://voice.example.com${url}`
  for (const name of Object.keys(params).sort()) text += name + params[name]
  const expected = Buffer.from(createHmac('sha1', key).update(text).digest('base64'))
  const given = Buffer.from(String(headers['x-twilio-signature']))
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

function escapeXml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (mark) => ENTITIES[mark]!) : text
}
