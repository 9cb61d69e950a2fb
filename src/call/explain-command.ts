/** The command that explains a call by the config in a file, for a POSIX shell; options as `['outcome', 'a=503']`. */
export function explainCommand(
  file: string,
  options: readonly (readonly [name: string, value: string])[],
): string {
  const words = [['-c', file], ...options.map(([name, value]) => option(name, value))].flat()
  return ['dialsip', 'explain', ...words.map(quoted)].join(' ')
}

/** A value that begins with a dash would be taken for an option, unless it is joined to its name. */
function option(name: string, value: string): string[] {
  return value.startsWith('-') ? [`--${name}=${value}`] : [`--${name}`, value]
}

/** Whatever a caller sends stays one word of the shell (POSIX, "Single-Quotes"). */
function quoted(word: string): string {
  return /^[\w+.:@/=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
