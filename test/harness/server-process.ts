import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import { folderOf, SERVED, writeSettled } from './serving.js'

export const COMMAND = 'dist/bin/dialsip.js'

/** How long a stop may take at most. */
export const GRACE_MS = 10_000

/** A port that is free now, for a server that cannot say which one it took. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A port on which somebody else listens until the test ends. */
export async function takenPort(t: Test): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  return String((server.address() as AddressInfo).port)
}

export async function stopWithinGrace(t: Test, child: ChildProcess): Promise<unknown[]> {
  const since = performance.now()
  child.kill('SIGTERM')
  const end = await once(child, 'exit')
  t.ok(performance.now() - since < GRACE_MS, 'within the grace')
  return end
}

/** A config with so many routes that it takes its time. */
export function configFile(t: Test, routes = 1): string {
  const file = join(folderOf(t), 'dialsip.yaml')
  const lines = Array.from(
    { length: routes },
    (_, at) =>
      `  - { name: r${at}, to: "+1555${1230001 + at}", dial: "sip:a@a.example.com", otherwise: { say: no } }`,
  )
  writeSettled(file, `${SERVED}routes:\n${lines.join('\n')}\n`)
  return file
}
