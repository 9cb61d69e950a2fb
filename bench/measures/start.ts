import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { TOKEN } from '../material/config.js'
import { writeMaterial } from '../material/material.js'
import { headersOf, readExchanges } from '../material/read.js'
import type { Measure } from '../measure.js'
import { script } from '../process/place.js'
import { median, number, withSpread } from '../statistics.js'

const ROUNDS = 5

/** From the start of the process to the first right answer. */
export const start: Measure = async (folder) => {
  const rows = []
  const medians: number[] = []
  for (const [name, numbers] of [
    ['10 routes', 10],
    ['1,000 routes', 1000],
  ] as const) {
    const size = { routes: numbers, numbers, listed: 'yaml', ownUriEvery: 0 } as const
    const { config, webhooks } = writeMaterial(folder, `start-${numbers}`, size)
    const port = await freePort()
    writeFileSync(
      config,
      readFileSync(config, 'utf8').replace('listen: 127.0.0.1:0', `listen: 127.0.0.1:${port}`),
    )
    const [exchange] = readExchanges(webhooks)
    const took: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) took.push(await firstAnswer(config, port, exchange!))
    rows.push([name, withSpread(took)])
    medians.push(median(took))
  }
  return {
    title: 'Start',
    method: `Milliseconds from starting \`dialsip serve\` to the first right answer, ${ROUNDS} times.`,
    tables: [{ columns: ['', 'ms'], rows }],
    targets: [
      {
        what: 'start to first answer, 10 routes',
        atLeast: 'at most 500 ms',
        measured: `${number(medians[0]!)} ms`,
        met: medians[0]! <= 500,
      },
    ],
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function firstAnswer(
  config: string,
  port: number,
  exchange: ReturnType<typeof readExchanges>[number],
): Promise<number> {
  const begin = performance.now()
  const child = spawn(process.execPath, [script('bin/dialsip.js'), 'serve', '-c', config], {
    stdio: 'ignore',
    env: { ...process.env, TWILIO_AUTH_TOKEN: TOKEN },
  })
  while ((await ask(port, exchange)) !== exchange.answer) {
    if (child.exitCode !== null) throw new Error('the server does not start')
  }
  const took = performance.now() - begin
  child.kill('SIGTERM')
  await once(child, 'exit')
  return took
}

async function ask(port: number, exchange: ReturnType<typeof readExchanges>[number]): Promise<string> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/voice`, {
      method: 'POST',
      headers: { ...headersOf(exchange), connection: 'close' },
      body: exchange.body,
    })
    return await response.text()
  } catch {
    return new Promise((resolve) => setTimeout(resolve, 2, ''))
  }
}
