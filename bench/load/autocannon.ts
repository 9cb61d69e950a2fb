import autocannon from 'autocannon'
import { headersOf, readExchanges } from '../material/read.js'

// `autocannon.js PORT WEBHOOKS SECONDS CONNECTIONS FROM`: as fast as the server answers; every answer is compared
// with the one that its own webhook must get. Each connection has a share of the webhooks for itself.

const [port, file, seconds, connections, from] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
]
const exchanges = readExchanges(file)
const start = Number(from) % exchanges.length
const turned = [...exchanges.slice(start), ...exchanges.slice(0, start)]
let [wrong, client] = [0, 0]

const result = await autocannon({
  url: `http://127.0.0.1:${port}/voice`,
  connections: Number(connections),
  duration: Number(seconds),
  setupClient(one) {
    const first = client++
    const share = turned.filter((_, at) => at % Number(connections) === first)
    one.setRequests(
      share.map((exchange) => ({
        method: 'POST',
        headers: headersOf(exchange),
        body: exchange.body,
        onResponse(status: number, body: string) {
          if (status !== 200 || body !== exchange.answer) wrong += 1
        },
      })),
    )
  },
})
const { requests, duration, errors } = result
process.stdout.write(
  `${JSON.stringify({ requests: requests.total, seconds: duration, wrong: wrong + errors })}\n`,
)
