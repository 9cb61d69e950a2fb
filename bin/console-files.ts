import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { ConsoleFiles } from '../routes/admin/console.js'
import { packageRoot } from './package-root.js'

/** Reads the files of the console that `npm run build` has made; none where it was not built. */
export function consoleFiles(folder = join(packageRoot(), 'dist', 'console')): ConsoleFiles {
  if (!existsSync(folder)) return new Map()
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => statSync(join(folder, name)).isFile())
  return new Map(files.map((name) => [name.replaceAll(sep, '/'), readFileSync(join(folder, name))]))
}
