import { once } from 'node:events'
import { type Agent, request } from 'node:http'
import { text as readAll } from 'node:stream/consumers'
import sdk from 'twilio/lib/webhooks/webhooks.js'
import { TOKEN, webhook } from './build.js'
import { BASE } from './serving.js'

/** A webhook whose connection is open, and of which half is sent; `finish` sends the rest and gives the answer. */
export async function halfCall(port: number, agent: Agent | false = false) {
  const params = webhook()
  const body = new URLSearchParams(params).toString()
  const signature = sdk.getExpectedTwilioSignature(TOKEN, `${BASE}/voice`, params)
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': body.length,
    'x-twilio-signature': signature,
  }
  const half = request({ port, host: '127.0.0.1', path: '/voice', method: 'POST', headers, agent })
  half.write(body.slice(0, 20))
  const [socket] = await once(half, 'socket')
  if (socket.connecting) await once(socket, 'connect')
  return async function finish() {
    const answer = once(half, 'response')
    half.end(body.slice(20))
    const [response] = await answer
    return { status: response.statusCode as number, body: await readAll(response) }
  }
}
