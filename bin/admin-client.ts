import { chooseFile } from './choose-file.js'
import { load } from './config-file.js'
import { type Io, UsageError } from './io.js'
import { listenUrl } from './listen-url.js'
import { unusable } from './unusable-config.js'

/** Options of every command that talks to a running server. */
export const ADMIN_OPTIONS = {
  config: { type: 'string', short: 'c' },
  admin: { type: 'string' },
} as const

/** What `--help` says of them. */
export const ADMIN_HELP = `The server is reached on its admin listener: --admin URL or DIALSIP_ADMIN_URL,
else admin.listen of the config (-c FILE). The token is DIALSIP_ADMIN_TOKEN,
else the first of admin.tokens.`

const TIMEOUT_MS = 5_000

/** The admin API of a running server. Each request resolves with the parsed answer; a refusal is a `RefusedError`. */
export interface AdminClient {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: unknown): Promise<T>
  delete<T>(path: string): Promise<T>
}

/** The server has answered, and the answer is no; or it was not to be reached. The message is for people. */
export class RefusedError extends Error {}

/** Finds the admin API by the options, the environment and the config, in this order. */
export function adminClient(options: { config?: string; admin?: string }, io: Io): AdminClient {
  const given = options.admin ?? io.env.DIALSIP_ADMIN_URL
  const { url, token } = given
    ? { url: given, token: io.env.DIALSIP_ADMIN_TOKEN }
    : fromConfig(chooseFile({ option: options.config }, io), io)
  if (!/^https?:/i.test(url) || !URL.canParse(url))
    throw new UsageError(`"${url}" is not the URL of an admin listener`)
  const headers = new Headers(token ? { authorization: `Bearer ${token}` } : {})
  return {
    get: (path) => request(path, { method: 'GET', headers }),
    delete: (path) => request(path, { method: 'DELETE', headers }),
    post(path, body) {
      const typed = new Headers([...headers, ['content-type', 'application/json']])
      return request(path, { method: 'POST', headers: typed, body: JSON.stringify(body) })
    },
  }

  async function request<T>(path: string, init: RequestInit): Promise<T> {
    const target = new URL(url.replace(/\/+$/, '') + path)
    const response = await reach(target, init)
    const answer = await answerOf<T>(response, target)
    if (!response.ok) throw new RefusedError(answer.error ?? `${target.origin} answers ${response.status}`)
    return answer
  }
}

/** Whatever else listens there answers with something else than JSON. */
async function answerOf<T>(response: Response, { origin }: URL): Promise<T & { error?: string }> {
  try {
    return (await response.json()) as T & { error?: string }
  } catch {
    throw new RefusedError(`${origin} answers ${response.status} and is no admin listener of dialsip`)
  }
}

/** Sends a request; throws a `RefusedError` that says why no answer came. */
export async function reach(url: URL, init: RequestInit, timeoutMs = TIMEOUT_MS): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) })
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error }
    throw new RefusedError(`no answer from ${url.origin}: ${cause?.message || message}`)
  }
}

function fromConfig(file: string, io: Io): { url: string; token: string | undefined } {
  const { config, errors } = load(file, io, true)
  if (!config) throw unusable(errors, file)
  if (!config.admin) throw new UsageError(`${file} has admin: off, so its server has no admin listener`)
  const { listen, tokens } = config.admin
  return { url: listenUrl(listen), token: io.env.DIALSIP_ADMIN_TOKEN ?? tokens[0] }
}
