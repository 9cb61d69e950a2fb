import type { Server, Socket } from 'node:net'

/** This part of the limit is kept free for new connections: a connection that is closed takes a moment to be gone. */
const SPARE = 0.02

/**
 * Keeps a listener open for Twilio and operators, however many connections others hold. Close to the limit each new
 * connection closes the oldest one that has never brought a signed webhook or a request with a token.
 */
export class Connections {
  /** Those on which nothing was let in yet, the oldest first. */
  readonly #strangers = new Set<Socket>()
  readonly #most: number
  #open = 0
  #whenNoneIsOpen = () => {}

  constructor(server: Server, most: number) {
    this.#most = Math.floor(most * (1 - SPARE))
    server.maxConnections = most
    server.on('connection', (socket: Socket) => this.#add(socket))
  }

  /** A request on this connection was let in: it is kept. */
  trust(socket: Socket): void {
    this.#strangers.delete(socket)
  }

  /** Waits until no connection is open, and no longer than this. */
  allClosed(longestMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, longestMs)
      this.#whenNoneIsOpen = () => {
        clearTimeout(timer)
        resolve()
      }
      if (this.#open === 0) this.#whenNoneIsOpen()
    })
  }

  /** Closes connections that have never sent a byte; for a stop, which would wait for them. */
  closeSilent(): void {
    for (const socket of this.#strangers) if (socket.bytesRead === 0) socket.destroy()
  }

  /** Closes connections on which nothing was let in. */
  closeStrangers(): void {
    for (const socket of this.#strangers) socket.destroy()
  }

  #add(socket: Socket): void {
    this.#open += 1
    if (this.#open > this.#most) this.#closeOldest()
    this.#strangers.add(socket)
    socket.once('close', () => {
      this.#open -= 1
      this.#strangers.delete(socket)
      if (this.#open === 0) this.#whenNoneIsOpen()
    })
  }

  #closeOldest(): void {
    const [oldest] = this.#strangers
    if (!oldest) return
    this.#strangers.delete(oldest)
    oldest.destroy()
  }
}
