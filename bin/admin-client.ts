import { loadAdmin } from '../src/config/load.js'
import { chooseFile } from './choose-file.js'
import { configSource } from './config-file.js'
import { complain, type Io, UsageError } from './io.js'
import { listenUrl } from './listen-url.js'
import { readText } from './read-text.js'
import { unusable } from './unusable-config.js'

/** Options of every command that talks to a running server. */
export const ADMIN_OPTIONS = {
  config: { type: 'string', short: 'c' },
  admin: { type: 'string' },
  'token-file': { type: 'string' },
} as const

/** What `--help` says of them. */
export const ADMIN_HELP = `  --admin URL         the admin listener of the server; default:
                      $DIALSIP_ADMIN_URL, else admin.listen of the config, which
                      may have errors elsewhere
  --token-file FILE   a file with its token; default: $DIALSIP_ADMIN_TOKEN, else
                      the first of admin.tokens
  -c, --config FILE   the config`

const TIMEOUT_MS = 5_000

/** The admin API of a running server. Each request resolves with the parsed answer; a refusal is a `RefusedError`. */
export interface AdminClient {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: unknown, timeoutMs?: number): Promise<T>
  delete<T>(path: string): Promise<T>
}

/** The server has refused a request, or could not be reached. The message is for people. */
export class RefusedError extends Error {}

/** How a command line says where the admin listener is, and who asks. */
export interface AdminFlags {
  readonly config?: string | undefined
  readonly admin?: string | undefined
  readonly 'token-file'?: string | undefined
}

/** Finds the admin API by the options, the environment and the config, in this order. */
export function adminClient(flags: AdminFlags, io: Io): AdminClient {
  const own = flags.admin ?? (io.env.DIALSIP_ADMIN_URL || undefined)
  const { url, token: usual } =
    own === undefined ? fromConfig(flags.config, io) : { url: own, token: undefined }
  const token = tokenFrom(flags['token-file']) ?? (io.env.DIALSIP_ADMIN_TOKEN || usual)
  if (!/^https?:/i.test(url) || !URL.canParse(url))
    throw new UsageError(`"${url}" is not the URL of an admin listener, such as http://127.0.0.1:9090`)
  const headers = new Headers(token ? { authorization: `Bearer ${token}` } : {})
  return {
    get: (path) => request(path, { method: 'GET', headers }),
    delete: (path) => request(path, { method: 'DELETE', headers }),
    post(path, body, timeoutMs) {
      const typed = new Headers([...headers, ['content-type', 'application/json']])
      return request(path, { method: 'POST', headers: typed, body: JSON.stringify(body) }, timeoutMs)
    },
  }

  async function request<T>(path: string, init: RequestInit, timeoutMs?: number): Promise<T> {
    const target = new URL(url.replace(/\/+$/, '') + path)
    const response = await reach(target, init, timeoutMs)
    const answer = await answerOf<T>(response, target)
    if (response.ok) return answer
    const why = answer.error ?? `${target.origin} answers ${response.status}`
    throw new RefusedError(response.status === 401 ? `${why}: ${WHICH_TOKEN}` : why)
  }
}

/** Warns when a change is known to one replica only. */
export function sayWhere(appliesTo: 'this replica' | 'all replicas', io: Io): void {
  if (appliesTo === 'this replica')
    complain(
      io,
      'only this replica has changed; replicas that share state (state: redis://…) change together',
    )
}

const WHICH_TOKEN = 'set DIALSIP_ADMIN_TOKEN, or name a file by --token-file'

function tokenFrom(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readText(file).trim()
}

/**
 * The JSON of an answer. Another program that listens there would answer with something else: that is a
 * `RefusedError`.
 */
async function answerOf<T>(response: Response, { origin }: URL): Promise<T & { error?: string }> {
  try {
    return (await response.json()) as T & { error?: string }
  } catch {
    throw new RefusedError(`${origin} answers ${response.status} but is not an admin listener of dialsip`)
  }
}

/** Sends a request; throws a `RefusedError` that says why no answer came. */
export async function reach(url: URL, init: RequestInit, timeoutMs = TIMEOUT_MS): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) })
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error }
    throw new RefusedError(
      `no answer from ${url.origin}: ${cause?.message || message}; does a server run there?`,
    )
  }
}

/** Errors elsewhere in the config do not matter: the server goes on with its old config, and can still be asked. */
function fromConfig(option: string | undefined, io: Io): { url: string; token: string | undefined } {
  const file = chosen(option, io)
  const found = loadAdmin(file, configSource(io.env, true))
  if ('errors' in found) {
    complain(io, 'the config does not say where the server listens; name it by --admin URL')
    throw unusable(found.errors, file)
  }
  if (!found.admin) throw new UsageError(`${file} has admin: off, so its server has no admin listener`)
  const [token] = found.admin.tokens
  return { url: listenUrl(found.admin.listen), token: token?.startsWith('placeholder-') ? undefined : token }
}

function chosen(option: string | undefined, io: Io): string {
  try {
    return chooseFile({ option }, io)
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; or name the server by --admin URL`)
  }
}
