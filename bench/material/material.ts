import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configSource } from '../../bin/config-file.js'
import { loadConfig } from '../../src/config/load.js'
import type { Config } from '../../src/model/config.js'
import { answersOf, tableOf } from './answers.js'
import { type Size, TOKEN, writeConfig } from './config.js'
import { type SignedWebhook, signedWebhooks } from './webhooks.js'

/**
 * More than the calls that dialsip remembers (10,000), sent by turns: by the time one comes again it is forgotten,
 * and its idempotency token with it, so that every webhook is a new call and is decided.
 */
export const WEBHOOKS = 30_000

/** Files that servers and load generators read. */
export interface Material {
  readonly config: string
  readonly table: string
  /** One webhook with the answer to it a line, separated by tabs: signature, token, body, answer. */
  readonly webhooks: string
}

/** Writes a config, the table that other servers use, and the webhooks with the answers that they must get. */
export function writeMaterial(folder: string, name: string, size: Size): Material {
  const config = writeConfig(folder, name, size)
  const loaded = load(config)
  const answer = answersOf(loaded)
  const table = join(folder, `${name}.table.json`)
  writeFileSync(table, JSON.stringify(tableOf(loaded)))
  const webhooks = join(folder, `${name}.webhooks.tsv`)
  const lines = signedWebhooks(WEBHOOKS, size.numbers).map((webhook) => line(webhook, answer(webhook.params)))
  writeFileSync(webhooks, lines.join('\n'))
  return { config, table, webhooks }
}

function line({ signature, idempotencyToken, body }: SignedWebhook, answer: string): string {
  return [signature, idempotencyToken, body, answer].join('\t')
}

/** Loads a config of ours; it has no errors. */
export function load(file: string): Config {
  const { config, errors } = loadConfig(file, configSource({ TWILIO_AUTH_TOKEN: TOKEN }, false))
  if (!config) throw new Error(errors.map((error) => error.message).join('\n'))
  return config
}
