import type { Config, Listen } from '../model/config.js'

/** What the process was started with decides these; the rest of a config may change while it runs. */
export interface ConfigToRun {
  /** The config to run by: the new one, with what cannot change taken from the old. */
  readonly config: Config
  /** The keys whose new values wait for a restart. */
  readonly needsRestart: readonly string[]
}

/**
 * Keeps what cannot change without a restart: where the server listens, under which path Twilio's requests are
 * answered, and where state is kept. What is safe only together with such a key stays with it: without it a config
 * for loopback could open a listener that is not.
 */
export function keepUntilRestart(running: Config, loaded: Config): ConfigToRun {
  const needsRestart: string[] = []
  const config = { ...loaded }
  if (!isSame(running.listen, loaded.listen)) {
    needsRestart.push('listen')
    config.listen = running.listen
    config.insecureSkipSignature = running.insecureSkipSignature
  }
  if (!isSame(running.admin?.listen, loaded.admin?.listen)) {
    needsRestart.push('admin.listen')
    config.admin = running.admin
  }
  if (running.publicUrl.path !== loaded.publicUrl.path) {
    needsRestart.push('publicUrl')
    config.publicUrl = running.publicUrl
  }
  if (running.state !== loaded.state) {
    needsRestart.push('state')
    config.state = running.state
  }
  if (running.maskNumbers !== loaded.maskNumbers) {
    needsRestart.push('logging.maskNumbers')
    config.maskNumbers = running.maskNumbers
  }
  return { config, needsRestart }
}

/** None is a listener that is switched off. */
function isSame(a: Listen | undefined, b: Listen | undefined): boolean {
  return a?.host === b?.host && a?.port === b?.port
}
