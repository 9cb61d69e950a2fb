import { basename, relative } from 'node:path'

/** How this program was called, for commands that people copy: by its name, or by its file where it is not on the path. */
export function ownCommand(script = process.argv[1]!): string {
  return basename(script) === 'dialsip.js' ? `node ${relative('', script)}` : 'dialsip'
}
