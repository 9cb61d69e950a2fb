import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { parseArgs } from 'node:util'
import { chooseFile } from '../choose-file.js'
import { type Command, complain, onlyFile, UsageError } from '../io.js'
import { listenUrl } from '../listen-url.js'

/** Less than the 3 s after which Docker, Compose and Kubernetes give up, so that the reason is still printed. */
const TIMEOUT_MS = 2_000

/** `dialsip health`: whether the server of this machine or container answers; the probe of the image. */
export const health: Command = {
  help: `dialsip health [FILE] [--ready] [--url URL]

Asks the running server whether it answers, at /livez of where the config
listens. Exit 0 if so, 1 if not, with the reason. The config is not loaded.

  --ready             asks /readyz: may it get calls?
  --url URL           where the server is, such as http://127.0.0.1:8080;
                      default: listen of the config, else port 8080 of this
                      machine
  -c, --config FILE   the config, if it is not the argument

  dialsip health --ready
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        ready: { type: 'boolean' },
        url: { type: 'string' },
        config: { type: 'string', short: 'c' },
      },
      allowPositionals: true,
    })
    const named = { argument: onlyFile('health', positionals), option: values.config }
    const base = values.url ?? listening(textOf(chooseFile(named, io)), io.env)
    if (!/^http:/i.test(base) || !URL.canParse(base))
      throw new UsageError(`"${base}" is not the URL of a server, such as http://127.0.0.1:8080`)
    const url = new URL(values.ready ? '/readyz' : '/livez', base)
    const answer = await ask(url)
    if (answer === 200) {
      io.stdout.write(`${url.href} answers\n`)
      return 0
    }
    complain(
      io,
      typeof answer === 'number' ? `${url.href} answers ${answer}` : `no answer from ${url.href}: ${answer}`,
    )
    return 1
  },
}

/** The text of the config; empty when it cannot be read: the server goes on without it, so that is no failure. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/**
 * Where a config listens, by its text alone: a probe has no seconds to load 100,000 routes. What is written in another way
 * than `listen: host:port` at the start of a line is not seen; `--url` is for that.
 */
function listening(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const written = /^listen:[ \t]*(["']?)(\S+)\1[ \t]*(?:#.*)?$/m.exec(text)?.[2] ?? ':8080'
  const address = written.replace(
    /\$\{(\w+)(?::-([^}]*))?\}/g,
    (_all, name, other = '') => env[name] || other,
  )
  const [, host = '', port = '8080'] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? []
  return listenUrl({ host: host || '0.0.0.0', port: Number(port) })
}

/** The status, or why there is none. */
function ask(url: URL): Promise<number | string> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) }, (reply) => {
      reply.resume()
      resolve(reply.statusCode!)
    })
    request.on('error', ({ name, message }) =>
      resolve(name === 'AbortError' ? `nothing within ${TIMEOUT_MS / 1000} s` : message),
    )
  })
}
