import type { Server, Socket } from 'node:net'

/** This part of what may be open is left to new connections: one that is closed takes a moment to be gone. */
const SPARE = 0.02

/**
 * Keeps a listener open to those whom it is for, however many connections others hold. Close to the limit the oldest of
 * those on which nothing has come that was let in goes for each new one. Anyone who sends a webhook that is signed, or a
 * request with a token, keeps the connection.
 */
export class Connections {
  /** Those on which nothing was let in yet, the oldest first. */
  readonly #strangers = new Set<Socket>()
  readonly #most: number
  #open = 0

  constructor(server: Server, most: number) {
    this.#most = Math.floor(most * (1 - SPARE))
    server.maxConnections = most
    server.on('connection', (socket: Socket) => this.#add(socket))
  }

  /** Something that came on this connection was let in. */
  trust(socket: Socket): void {
    this.#strangers.delete(socket)
  }

  /** Ends what has never said anything; for a stop, which would wait for it. */
  closeSilent(): void {
    for (const socket of this.#strangers) if (socket.bytesRead === 0) socket.destroy()
  }

  /** Ends everything on which nothing was let in. */
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
    })
  }

  #closeOldest(): void {
    const [oldest] = this.#strangers
    if (!oldest) return
    this.#strangers.delete(oldest)
    oldest.destroy()
  }
}
