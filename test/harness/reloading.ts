import { writeFileSync } from 'node:fs'
import type { Test } from 'tap'
import { load } from '../../bin/config-file.js'
import type { Io } from '../../bin/io.js'
import { keepLoaded } from '../../bin/keep-loaded.js'
import { ENV, folderOf, SERVED, serving } from './serving.js'

export const saying = (text: string) => `routes:\n  - { name: main, to: "+15551230001", say: ${text} }`

/** A worker takes seconds to start where TypeScript is compiled on the fly, so most tests do without. */
export const loadHere = async (file: string, io: Pick<Io, 'env'>) => load(file, io as Io)

export const here = (load: typeof loadHere, end = async () => true) => ({ load, end })

/** A server that reloads by itself, and how to ask it what it says. */
export async function reloading(t: Test, yaml = saying('one'), folder = folderOf(t)) {
  const server = await serving(t, yaml, { folder })
  const { service, file, asked } = server
  const stop = await keepLoaded(service, { file, io: { env: ENV }, asked, threads: here(loadHere) })
  t.teardown(stop)
  const says = async (text: string) => (await server.post('/voice')).body.includes(`<Say>${text}</Say>`)
  return { ...server, says, write: (more: string) => writeFileSync(server.file, SERVED + more) }
}

/** Thousands of errors in one line, as a program writes its files. */
export const WIDE = JSON.stringify({
  routes: Array.from({ length: 2_000 }, (_, at) => ({
    name: `r${at}`,
    to: `030 ${at}`,
    dial: 'sip:pbx@fra.example.com',
  })),
})

/** A head whose account has its token from a file. */
export const withSecret = (secret: string) => SERVED.replace('${TOKEN}', `\${file:${secret}}`)
