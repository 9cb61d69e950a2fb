import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import type { Test } from 'tap'

/** What of Twilio's own runtime for functions on a developer's machine is used here. */
interface Runtime {
  readonly LocalDevelopmentServer: new (
    port: number,
    config: object,
  ) => { getApp(): Parameters<typeof createServer>[1] }
}

const { LocalDevelopmentServer } = createRequire(import.meta.url)('@twilio/runtime-handler/dev') as Runtime

/** Serves a folder of functions as `twilio-run start` does, and gives the address. It checks no signature. */
export async function runFunctions(t: Test, folder: string, env: Readonly<Record<string, string>>) {
  // the address is known before there is anything to serve
  const server = createServer((request, response) => runtime.getApp()!(request, response as never))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  const address = `http://localhost:${(server.address() as AddressInfo).port}`
  const runtime = new LocalDevelopmentServer(0, {
    baseDir: folder,
    env,
    url: address,
    logs: false,
    live: false,
    forkProcess: false,
    routes: { functions: filesIn(folder, 'functions'), assets: filesIn(folder, 'assets') },
  })
  return address
}

/** `functions/voice.protected.js` is `/voice`, `assets/config.private.json` is `/config.json`. */
function filesIn(folder: string, kind: 'functions' | 'assets') {
  return readdirSync(join(folder, kind)).map((name) => {
    const [, path, access, ending] = /^(.*)\.(protected|private)(\.\w+)$/.exec(name)!
    const shown = kind === 'functions' ? path : path! + ending
    return { name, path: `/${shown}`, access, filePath: resolve(folder, kind, name) }
  })
}
