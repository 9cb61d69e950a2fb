import { join } from 'node:path'
import { packageRoot } from '../../bin/package-root.js'
import { CLIENT_CORE, isThere, onCore, script } from '../process/place.js'
import { runJson } from '../process/run.js'
import type { Server } from '../process/server.js'

/** What came of asking a server for some time. */
export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  /** Answers that were not the TwiML that the webhook must get, and connections that broke. */
  readonly wrong: number
}

/** As many at once as a proxy in front keeps open. */
const CONNECTIONS = 64

/** Asks as fast as the server answers, and checks every answer. */
export type Load = (
  server: Server,
  webhooks: string,
  seconds: number,
  connections: number,
) => Promise<LoadResult>

const byWrk: Load = ({ port, sent }, webhooks, seconds, connections) =>
  runJson(
    ...onCore(CLIENT_CORE, 'wrk', [
      ...['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '30s'],
      ...['-s', join(packageRoot(), 'bench/load/wrk.lua')],
      ...[`http://127.0.0.1:${port}/voice`, '--', webhooks, String(sent)],
    ]),
  )

export const byAutocannon: Load = ({ port, sent }, webhooks, seconds, connections) =>
  runJson(
    ...onCore(CLIENT_CORE, process.execPath, [
      script('bench/load/autocannon.js'),
      ...[port, webhooks, seconds, connections, sent].map(String),
    ]),
  )

/** The load generator that takes least of the machine; what it costs the server is the same. */
export const fastestLoad: { name: string; load: Load } = isThere('wrk')
  ? { name: 'wrk', load: byWrk }
  : { name: 'autocannon', load: byAutocannon }

/** Asks, and measures the requests a second and the CPU of the server for each. */
export async function rated(
  server: Server,
  webhooks: string,
  seconds: number,
  load: Load,
  connections = CONNECTIONS,
): Promise<{ perSecond: number; cpu: number; wrong: number; requests: number }> {
  const before = server.cpu()
  const { requests, seconds: took, wrong } = await load(server, webhooks, seconds, connections)
  server.answered += requests
  // when the time is up, each connection has sent one more that nobody waits for
  server.sent += requests + connections
  return { perSecond: requests / took, cpu: (server.cpu() - before) / requests, wrong, requests }
}
