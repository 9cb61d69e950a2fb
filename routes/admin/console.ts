import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AdminPlugin } from './plugin.js'

/** The files of the console by their path in its folder, `index.html` among them; empty where it was not built. */
export type ConsoleFiles = ReadonlyMap<string, Buffer>

/** The addresses of its pages: each is `index.html`, which looks at the address. */
export const CONSOLE_PAGES = ['/', '/routes', '/try', '/week', '/calls', '/endpoints', '/change'] as const

const INDEX = 'index.html'

/** What the console is made of. A file of another kind is not served. */
const TYPES: Readonly<Record<string, string | undefined>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
}

/** The page loads nothing but its own files, and no other page may hold it in a frame. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // names have no hash in them: each is asked for again, and answered in short while it is the same
  'cache-control': 'no-cache',
}

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>dialsip</title>
<h1>The console is not built</h1>
<p>Run <code>npm run build</code> where dialsip is, then start the server again. The API is there without it.</p>
</html>
`

/** The console: its pages and the files that they load, from memory, for anyone who reaches the listener. */
export const consolePages: AdminPlugin = (app, { consoleFiles }, done) => {
  const index = consoleFiles.get(INDEX)
  const page = index ? fileAnswer(index, TYPES.html!) : notBuilt
  for (const path of CONSOLE_PAGES) app.get(path, page)
  for (const [name, body] of consoleFiles) {
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)]
    if (type !== undefined && name !== INDEX) app.get(`/${name}`, fileAnswer(body, type))
  }
  done()
}

function fileAnswer(body: Buffer, type: string) {
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`
  return function send({ headers }: FastifyRequest, reply: FastifyReply): void {
    reply.headers({ ...HEADERS, etag }).type(type)
    if (headers['if-none-match'] === etag) reply.code(304).send()
    else reply.send(body)
  }
}

function notBuilt(_request: FastifyRequest, reply: FastifyReply): void {
  reply.code(404).headers(HEADERS).type(TYPES.html!).send(NOT_BUILT)
}
