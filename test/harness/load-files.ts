import { writeFileSync } from 'node:fs'
import type { Test } from 'tap'
import { configSource } from '../../bin/config-file.js'
import { parseCall } from '../../src/call/call.js'
import { type Loaded, loadConfig } from '../../src/config/load.js'
import { decide } from '../../src/decide.js'
import { printErrors } from '../../src/errors/print.js'
import type { Config, DialAction } from '../../src/model/config.js'
import { ALL_UP } from '../../src/model/state.js'

export const SID = 'AC00112233445566778899aabbccddeeff'

export const HEAD = `
publicUrl: https://voice.example.com
accounts: [{ sid: ${SID}, authTokens: "\${TOKEN}" }]
defaults: { otherwise: { hangup: } }
`

export const VARIABLES = { TOKEN: 'first-token', NEXT: 'next-token', EMPTY: '' }

export type Files = Readonly<Record<string, string>>

/** Loads `dialsip.yaml` from a folder of its own that holds these files too. */
export function loadFiles(t: Test, main: string, more: Files = {}, placeholders = false): Loaded {
  const folder = t.testdir({ lists: {}, routes: {} })
  for (const [name, text] of Object.entries({ ...more, 'dialsip.yaml': main }))
    writeFileSync(`${folder}/${name}`, text.replaceAll('FOLDER', folder))
  return loadConfig(`${folder}/dialsip.yaml`, configSource(VARIABLES, placeholders))
}

/** A config that must be without error and warning. */
export function configOf(t: Test, yaml: string, more: Files = {}): Config {
  const { config, errors } = loadFiles(t, HEAD + yaml, more)
  t.equal(printErrors(errors), '')
  return config!
}

/** What is wrong with a config: `line:column code`, of files other than the main one with their name. */
export function errorsOf(t: Test, yaml: string, more: Files = {}): string[] {
  return loadFiles(t, yaml, more).errors.map(({ place: { file, line, column }, code }) => {
    const name = file.replace(/^.*\//, '')
    return `${name === 'dialsip.yaml' ? '' : `${name}:`}${line}:${column} ${code}`
  })
}

/** The names of the hops, or the verbs, that a call comes to. */
export function decisionOf(config: Config, to: string, from = '+15557650002'): string[] {
  const parsed = parseCall({ AccountSid: SID, CallSid: 'CA1', CallStatus: 'ringing', From: from, To: to })
  const { steps } = decide(
    config,
    (parsed as { call: never }).call,
    Date.parse('2026-11-20T10:00:00Z'),
    ALL_UP,
  )
  return steps.map((step) => ('hop' in step ? step.hop.name : step.verb))
}

export function dialOf(config: Config, route: string): DialAction {
  return config.routes.get(route)!.rules[0]!.actions.actions.find(({ verb }) => verb === 'dial') as DialAction
}

/** `count` entries, each made of its place. */
export function many(count: number, entry: (at: number) => string, between = '\n'): string {
  return Array.from({ length: count }, (_, at) => entry(at)).join(between)
}

export const ONE_ROUTE = 'routes: [{ name: r, to: "+15550100001", hangup: }]\n'
