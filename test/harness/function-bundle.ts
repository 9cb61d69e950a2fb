import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { handlerFor } from '../../routes/function.js'
import { bundleFunction } from '../../scripts/bundle-function.js'

const FOLDER = 'dist/function'
const FILE = join(FOLDER, 'engine.cjs')

/** Bundles the engine as `npm run build` does: a test that is run by itself finds the one of the sources as they are. */
export async function bundled() {
  mkdirSync(FOLDER, { recursive: true })
  const file = join(mkdtempSync(join(FOLDER, 'new-')), 'engine.cjs')
  const { inputs } = await bundleFunction(file)
  // in one step: other tests bundle at the same time
  renameSync(file, FILE)
  rmdirSync(dirname(file))
  const engine = createRequire(import.meta.url)(join(process.cwd(), FILE)) as {
    handlerFor: typeof handlerFor
  }
  return { ...engine, inputs: Object.keys(inputs), gzipBytes: gzipSync(readFileSync(FILE)).length }
}

type Handler = ReturnType<typeof handlerFor>

/** What a function has answered. */
export class Answered {
  status = 0
  type = ''
  body: unknown

  setStatusCode(code: number): void {
    this.status = code
  }

  appendHeader(_name: string, value: string): void {
    this.type = value
  }

  setBody(body: string | object): void {
    this.body = body
  }
}

/** Asks a function as Twilio's runtime does. */
export function ask(
  handler: Handler,
  context: Readonly<Record<string, string>>,
  event: Readonly<Record<string, unknown>>,
): Answered {
  let answered: Answered | undefined
  handler(context, { request: { headers: {}, cookies: {} }, ...event }, (_error, response) => {
    answered = response as Answered
  })
  return answered!
}
