import { z } from 'zod'
import { isKnown } from '../../src/calls/call-record.js'
import { summaryOf } from '../../src/calls/recent-call.js'
import { whole } from '../../src/schema/scalars.js'
import type { Service } from '../service.js'
import { reloadShown } from './config.js'
import { statesOf } from './endpoints.js'
import { EventClients, eventText } from './event-clients.js'
import { serve } from './operation.js'
import { overrideShown } from './overrides.js'
import { type AdminPlugin, adminOf } from './plugin.js'
import { refusal } from './read-request.js'
import { signaturesShown } from './status.js'

/** Each holds a connection of those that the listener may have. */
const MOST_CLIENTS = 20

const TICK_MS = 250
/** How many calls are sent at once; the others wait, and of each only its state at that time is sent. */
const CALLS_A_TICK = 100
/** A tick that is later than this is skipped: calls come first. */
const TOO_LATE_MS = 200
/** After so many ticks the rest is looked at: a second. */
const TICKS_FOR_STATES = 4

const DESCRIPTION = `\`text/event-stream\`; each event has JSON as its data:

- \`config\`: \`revision\`, \`reload\` and \`shared\` as in \`GET /api/status\`; first of all, and when one of them changes
- \`call\`: a call as in \`GET /api/calls\`, when a webhook of it has come
- \`endpoint\`: an endpoint as in \`GET /api/endpoints\`, when its state changes
- \`signatures\`: as in \`GET /api/status\`, when a webhook is refused for its signature, and when the first good one came
- \`overrides\`: all of them as in \`GET /api/overrides\`, when one is set or ends

Nothing is kept for one who is away: after a break, ask for everything again. It is for this replica alone, for twenty
listeners at most. One who reads too slowly is cut off, and all are when \`admin.tokens\` change.`

/** `GET /api/events`: what happens, as it happens. */
export const eventsApi: AdminPlugin = (app, { service }, done) => {
  const clients = new EventClients()
  let timer: NodeJS.Timeout | undefined

  serve(
    app,
    {
      method: 'GET',
      path: '/api/events',
      id: 'streamEvents',
      tag: 'server',
      summary: 'Calls, reloads, endpoints, overrides and signatures as they change',
      description: DESCRIPTION,
      query: z.strictObject({
        seconds: whole(0, 86_400)
          .optional()
          .describe('Ends after so many; default: when one of the two sides does'),
      }),
      answer: { description: 'Events', schema: z.string(), type: 'text/event-stream' },
      errors: { 429: 'Twenty listen already' },
    },
    ({ query: { seconds } }, reply) => {
      if (clients.size >= MOST_CLIENTS)
        throw refusal(429, `${MOST_CLIENTS} listen to the events already, which is the most`)
      const { raw } = reply.hijack()
      raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' })
      raw.write(eventText('config', configShown(service)))
      if (timer === undefined) start()
      const end = seconds === undefined ? undefined : setTimeout(() => raw.end(), 1000 * seconds)
      clients.add(raw, () => {
        clearTimeout(end)
        if (clients.size === 0) stop()
      })
      return reply
    },
  )
  app.addHook('preClose', (closed) => {
    clients.end()
    closed()
  })
  done()

  function start(): void {
    service.book.watch(true)
    const watcher = new Watcher(service)
    let [ticks, due] = [0, performance.now() + TICK_MS]
    timer = setInterval(function tick() {
      const late = performance.now() - due
      due = performance.now() + TICK_MS
      if (late > TOO_LATE_MS) return
      ticks += 1
      for (const call of service.book.takeChanged(CALLS_A_TICK))
        if (isKnown(call)) clients.send('call', summaryOf(call))
      if (ticks % TICKS_FOR_STATES === 0) {
        watcher.look((event, data) => clients.send(event, data))
        clients.beat()
      }
      if (watcher.tokensHaveChanged()) clients.end()
    }, TICK_MS).unref()
  }

  function stop(): void {
    service.book.watch(false)
    clearInterval(timer)
    timer = undefined
  }
}

/** Something that may change, and an event that tells how it is. */
interface Watched {
  readonly key: string
  /** Another one when it has changed. */
  readonly mark: string
  readonly event: string
  readonly data: unknown
}

function marksOf(all: readonly Watched[]): Map<string, string> {
  return new Map(all.map(({ key, mark }) => [key, mark]))
}

/** Polls what may change without a call. */
class Watcher {
  readonly #service: Service
  #seen: ReadonlyMap<string, string>
  readonly #tokens: string

  constructor(service: Service) {
    this.#service = service
    this.#tokens = tokensOf(service)
    this.#seen = marksOf(this.#now())
  }

  tokensHaveChanged(): boolean {
    return tokensOf(this.#service) !== this.#tokens
  }

  /** Tells about everything that has changed since the last look. */
  look(tell: (event: string, data: unknown) => void): void {
    const all = this.#now()
    for (const { key, mark, event, data } of all) if (this.#seen.get(key) !== mark) tell(event, data)
    this.#seen = marksOf(all)
  }

  #now(): Watched[] {
    const config = configShown(this.#service)
    const signatures = signaturesShown(this.#service)
    const overrides = this.#service.overrides.list(this.#service.now()).map(overrideShown)
    return [
      { key: 'config', mark: JSON.stringify(config), event: 'config', data: config },
      { key: 'overrides', mark: JSON.stringify(overrides), event: 'overrides', data: { overrides } },
      {
        key: 'signatures',
        // good ones come with every call
        mark: JSON.stringify({ ...signatures, accepted: 0 }),
        event: 'signatures',
        data: signatures,
      },
      ...statesOf([...this.#service.active.config.endpoints.values()], this.#service).map((state) => ({
        key: `endpoint ${state.name}`,
        mark: [state.state, state.reason, state.until].join(),
        event: 'endpoint',
        data: state,
      })),
    ]
  }
}

function configShown({ active, reload, shared }: Service) {
  return {
    revision: active.config.revision,
    reload: reloadShown(reload),
    shared: shared && { up: shared.up, reason: shared.reason },
  }
}

function tokensOf(service: Service): string {
  return JSON.stringify(adminOf(service).tokens)
}
