import { Agent, request } from 'node:http'
import { type Exchange, headersOf, readExchanges } from '../material/read.js'
import type { Server } from '../process/server.js'

const CHECKED = 2000

/** Sends so many of the webhooks, 16 at a time, and throws unless each gets its own answer, byte for byte. */
export async function checkAnswers(server: Server, webhooks: string): Promise<void> {
  const exchanges = readExchanges(webhooks).slice(0, CHECKED)
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const queue = exchanges.values()
  await Promise.all(Array.from({ length: 16 }, () => work()))
  agent.destroy()
  server.sent += exchanges.length
  server.answered += exchanges.length

  async function work(): Promise<void> {
    for (const exchange of queue) {
      const { status, body } = await post(server.port, exchange, agent)
      if (status !== 200 || body !== exchange.answer)
        throw new Error(`${server.name} answers ${status} ${body}\nand not ${exchange.answer}`)
    }
  }
}

function post(port: number, exchange: Exchange, agent: Agent): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { port, path: '/voice', method: 'POST', agent, headers: headersOf(exchange) },
      async (response) => {
        let body = ''
        for await (const chunk of response.setEncoding('utf8')) body += chunk
        resolve({ status: response.statusCode!, body })
      },
    )
    sent.on('error', reject).end(exchange.body)
  })
}
