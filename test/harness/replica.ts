import { pino } from 'pino'
import t from 'tap'
import sdk from 'twilio/lib/webhooks/webhooks.js'
import { optionsOf } from '../../bin/log.js'
import { adminApp } from '../../routes/admin-app.js'
import { publicApp } from '../../routes/public-app.js'
import { createService, type Service } from '../../routes/service.js'
import type { Config } from '../../src/model/config.js'
import { TOKEN, webhook } from './build.js'

export const NOW = Date.parse('2026-11-20T10:00:00Z')
const BASE = 'https://voice.example.com'

/** Both listeners of one replica without sockets, its clock, and everything that it logs. */
export function replica(
  config: Config,
  more: Partial<Service> = {},
  masked = config.maskNumbers,
  edge: Parameters<typeof adminApp>[2] = {},
) {
  const lines: Record<string, unknown>[] = []
  const clock = { now: NOW }
  const log = pino(optionsOf(config.logLevel, masked), {
    write: (line: string) => lines.push(JSON.parse(line)),
  })
  const service = createService(config, log, { now: () => clock.now, ...more })
  const readiness = () => ({ ready: true, why: 'ok' })
  const [open, admin] = [publicApp(service, readiness), adminApp(service, readiness, edge)]
  t.teardown(() => Promise.all([open.close(), admin.close()]))
  return { service, lines, clock, admin, post, api, metric }

  /** A webhook as Twilio sends it; gives the TwiML. */
  async function post(target: string, params: Record<string, string> = {}, headers = {}): Promise<string> {
    const sent = webhook(params)
    const signature = sdk.getExpectedTwilioSignature(TOKEN, BASE + target, sent)
    const reply = await open.inject({
      method: 'POST',
      url: target,
      payload: new URLSearchParams(sent).toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': signature,
        ...headers,
      },
    })
    return reply.body
  }

  function api(url: string) {
    return admin.inject({ url })
  }

  /** The value of one series, such as `calls_total{route="main",outcome="busy"}`; undefined when it is not there. */
  async function metric(series: string): Promise<number | undefined> {
    const { body } = await api('/metrics')
    const line = body.split('\n').find((one) => one.startsWith(`dialsip_${series} `))
    return line === undefined ? undefined : Number(line.split(' ').at(-1))
  }
}
