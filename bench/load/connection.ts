import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Told the answer; status 0 when the connection broke before there was one. */
type Answered = (status: number, body: string) => void

/** A kept-alive connection that carries one request at a time: as little work for each as can be. */
export class Connection {
  readonly #socket: Socket
  #received = ''
  #answered: Answered | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#read(text))
    socket.on('error', () => {})
    socket.on('close', () => this.#tell(0, ''))
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1')
    const connection = new Connection(socket)
    await once(socket, 'connect')
    return connection
  }

  ask(bytes: Buffer, answered: Answered): void {
    this.#answered = answered
    if (this.#socket.destroyed) setImmediate(() => this.#tell(0, ''))
    else this.#socket.write(bytes)
  }

  /** The answers that are compared are ASCII, so characters are bytes. */
  #read(text: string): void {
    this.#received += text
    const head = this.#received.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = Number(/content-length: (\d+)/i.exec(this.#received)?.[1])
    if (this.#received.length < head + 4 + length) return
    const [status, body] = [Number(this.#received.slice(9, 12)), this.#received.slice(head + 4)]
    this.#received = ''
    this.#tell(status, body)
  }

  #tell(status: number, body: string): void {
    const answered = this.#answered
    this.#answered = undefined
    answered?.(status, body)
  }
}
