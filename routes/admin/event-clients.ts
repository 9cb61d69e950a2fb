import type { ServerResponse } from 'node:http'

/**
 * Bytes that may wait for a client that reads slowly. With more it is disconnected, and reads everything again when
 * it is back.
 */
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

  /** Sends a comment line: it shows which clients are gone, and keeps proxies from closing the connection. */
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
