import type { ServerResponse } from 'node:http'

/** What waits for one that reads slowly. It is asked for everything again when it comes back, so no more is kept. */
const MOST_WAITING = 256 * 1024

/** Those who listen to a stream of server-sent events (HTML, §9.2). */
export class EventClients {
  readonly #open = new Set<ServerResponse>()

  get size(): number {
    return this.#open.size
  }

  /** Takes a response whose head was sent; `gone` is called once when it has ended, by either side. */
  add(response: ServerResponse, gone: () => void): void {
    this.#open.add(response)
    response.once('close', () => {
      this.#open.delete(response)
      gone()
    })
  }

  send(event: string, data: unknown): void {
    const text = eventText(event, data)
    for (const response of this.#open) write(response, text)
  }

  /** A line that means nothing: who is gone without a word is found out by it, and proxies keep the connection. */
  beat(): void {
    for (const response of this.#open) write(response, ':\n\n')
  }

  end(): void {
    for (const response of this.#open) response.end()
  }
}

/** An event as it is sent. JSON has no line breaks. */
export function eventText(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

function write(response: ServerResponse, text: string): void {
  if (response.writableLength > MOST_WAITING) response.destroy()
  else response.write(text)
}
