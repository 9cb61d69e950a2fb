import type { ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { main } from '../../bin/main.js'

/** The file descriptor by which the `dialsip` of a shell asks this process: the fourth of its stdio, a `pipe`. */
const ASKS = 3

/**
 * A folder for the `PATH` of a shell with a `dialsip` that has this process run the command line: to start one for each
 * would take most of the time. One that reads stdin is a process of its own, as installed.
 */
export function shellDialsip(folder: string): { bin: string; answer(shell: ChildProcess): void } {
  const bin = join(folder, '.bin')
  mkdirSync(bin)
  const installed = join(bin, 'installed-dialsip')
  symlinkSync(resolve('dist/bin/dialsip.js'), installed)
  const script = `#!/bin/sh
for word; do [ "$word" != - ] || exec "${process.execPath}" "${installed}" "$@"; done
echo $$ >&${ASKS}; read -r answer <&${ASKS}; . "$answer"
`
  writeFileSync(join(bin, 'dialsip'), script, { mode: 0o755 })
  return { bin, answer }

  function answer(shell: ChildProcess): void {
    const asks = shell.stdio[ASKS] as Socket
    createInterface(asks).on('line', async (pid) => {
      const file = join(bin, `answer-${pid}`)
      writeFileSync(file, await answerTo(pid))
      asks.write(`${file}\n`)
    })
  }
}

/** What the command line of this process writes and how it exits, as a script. */
async function answerTo(pid: string): Promise<string> {
  const [, , ...args] = zeroEnded(pid, 'cmdline')
  const env = Object.fromEntries(
    zeroEnded(pid, 'environ').map((line) => /^(.*?)=(.*)$/s.exec(line)!.slice(1)),
  )
  const written: string[] = []
  const into = (descriptor: number) => ({
    write: (text: string) => {
      written.push(`printf %s '${text.replaceAll("'", "'\\''")}' >&${descriptor}\n`)
    },
  })
  const here = process.cwd()
  process.chdir(readlinkSync(`/proc/${pid}/cwd`))
  const code = await main(args, { stdout: into(1), stderr: into(2), env }).catch(threw)
  process.chdir(here)
  return `${written.join('')}exit ${code}\n`

  /** A command that throws has no answer, and this is no exit code of one. */
  function threw(error: Error): number {
    into(2).write(`${error.stack}\n`)
    return 70
  }
}

function zeroEnded(pid: string, name: string): string[] {
  return readFileSync(`/proc/${pid}/${name}`, 'utf8').split('\0').slice(0, -1)
}
