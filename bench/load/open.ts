import { type Exchange, headersOf, readExchanges } from '../material/read.js'
import { quantile } from '../statistics.js'
import { Connection } from './connection.js'

// `open.js PORT WEBHOOKS SECONDS CONNECTIONS RATE FROM`: sends RATE webhooks a second, each on time whatever comes
// back, and counts the wait of each from the moment at which it was due: one that finds no free connection waits
// like a caller. RATE 0 is closed load: each connection sends the next webhook when it has its answer.

const [port, file, seconds, connections, rate, from] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
]
/** Twilio gives up after 15 s. */
const TWILIO_WAITS_MS = 15_000
/** How long after the last webhook an answer may still come. */
const LONGEST_WAIT_MS = 20_000

const exchanges = readExchanges(file).map((exchange) => ({ ...exchange, bytes: bytesOf(exchange) }))
const duration = Number(seconds) * 1000
const isOpen = Number(rate) > 0
const free: Connection[] = []
const waits: number[] = []
let [sent, wrong, lost] = [0, 0, 0]

for (let count = Number(connections); count > 0; count -= 1) {
  free.push(await Connection.open(Number(port)))
}
const start = performance.now()
let lastTurn = start
turn()

/** Sends everything that is due now. It never sleeps: a timer would be up to a millisecond late. */
function turn(): void {
  const now = performance.now()
  const due = isOpen
    ? Math.floor((Math.min(now - start, duration) / 1000) * Number(rate))
    : Number.POSITIVE_INFINITY
  const closing = now - start >= duration
  while (free.length > 0 && sent < due && (isOpen || !closing)) send(free.pop()!, now)
  lastTurn = now
  const allSent = isOpen ? sent >= due : true
  const done = closing && allSent && waits.length + lost === sent
  if (done || now - start > duration + LONGEST_WAIT_MS) report()
  else setImmediate(turn)
}

function send(connection: Connection, now: number): void {
  const scheduled = isOpen ? start + (sent * 1000) / Number(rate) : now
  const exchange = exchanges[(Number(from) + sent) % exchanges.length]!
  sent += 1
  connection.ask(exchange.bytes, function answered(status, body) {
    if (status === 0) lost += 1
    else waits.push(performance.now() - scheduled)
    if (status !== 0 && (status !== 200 || body !== exchange.answer)) wrong += 1
    if (status === 0) void Connection.open(Number(port)).then((fresh) => free.push(fresh))
    else free.push(connection)
  })
}

function report(): void {
  const unanswered = sent - waits.length - lost
  const result = {
    sent,
    answered: waits.length,
    wrong,
    lost: lost + unanswered,
    seconds: (lastTurn - start) / 1000,
    p50: quantile(waits, 0.5),
    p99: quantile(waits, 0.99),
    max: waits.reduce((most, one) => Math.max(most, one), 0),
    tooLate: waits.filter((wait) => wait > TWILIO_WAITS_MS).length,
  }
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit())
}

function bytesOf(exchange: Exchange): Buffer {
  const headers = { host: 'voice.example.com', ...headersOf(exchange) }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(
    `POST /voice HTTP/1.1\r\n${lines.join('')}content-length: ${Buffer.byteLength(exchange.body)}\r\n\r\n${exchange.body}`,
  )
}
