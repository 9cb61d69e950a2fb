import { createHmac, timingSafeEqual } from 'node:crypto'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createLog } from '../../bin/log.js'
import { TOKEN } from '../material/config.js'
import { tellAddress } from './listen.js'
import { readTable } from './route-table.js'

// The same work in Hono's own words, on Node.

const table = readTable()
const { log } = await createLog({ level: 'info' }, process)
const app = new Hono()

app.post('/voice', async (context) => {
  const params = (await context.req.parseBody()) as Record<string, string>
  if (!isSigned(context.req.header('x-twilio-signature') ?? '', params)) return context.body(null, 403)
  const { CallSid: callSid, From: from, To: to } = params
  const route = table.get(to!)
  if (!route) return context.body(null, 404)
  const [before, between, after] = route.parts
  log.info({ callSid, from, to, route: route.name, hop: 'frankfurt', next: ['dublin'] }, route.reason)
  return context.body(before + to + between + encodeURIComponent(from!) + after, 200, {
    'content-type': 'text/xml; charset=utf-8',
  })
})

function isSigned(signature: string, params: Record<string, string>): boolean {
  let text = 'https://voice.example.com/voice'
  for (const name of Object.keys(params).sort()) text += name + params[name]
  const expected = Buffer.from(createHmac('sha1', TOKEN).update(text).digest('base64'))
  const given = Buffer.from(signature)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => tellAddress(server as never))
