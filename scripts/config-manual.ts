import { keyRows, rowsAt } from './schema-keys.js'

// Fills the tables of docs/config.md from the schema. A table is between two marks:
//
//   <!-- keys of endpoints.*: uri maxCalls -->      the keys at a path of the language; without names, all of them
//   <!-- end of keys -->

const TABLE = /(<!-- keys of (\S*?)(?:: ([^>]*?))? -->\n)[\s\S]*?(<!-- end of keys -->)/g

/** The manual with its tables made again. */
export function manualWithTables(text: string): string {
  return text.replace(
    TABLE,
    (_whole, begin: string, path: string, names: string | undefined, end: string) => {
      return `${begin}\n${table(path, names?.split(' '))}\n${end}`
    },
  )
}

function table(path: string, only: readonly string[] | undefined): string {
  const rows = rowsAt(path).filter(({ key }) => only?.includes(key) ?? true)
  const missing = only?.filter((name) => !rows.some(({ key }) => key === name)) ?? []
  if (missing.length > 0) throw new Error(`there is no key ${missing.join(', ')} at ${path}`)
  const lines = rows.map(({ key, value, standard, says, example }) =>
    row([`\`${key}\``, value, standard, says, example]),
  )
  return [row(['key', 'value', 'default', 'meaning', 'example']), '|---|---|---|---|---|', ...lines, ''].join(
    '\n',
  )
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** Keys of the language that no table of the manual has. */
export function keysLeftOut(text: string): string[] {
  return keyRows().filter((key) => !text.includes(`| \`${key}\` |`))
}
