/** The width of a terminal that every help text fits. */
export const TERMINAL_WIDTH = 80

/** Words in lines that fit a terminal, each indented by so many blanks. */
export function wrap(text: string, indent: number): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`
    if (lines.length > 0 && longer.length <= TERMINAL_WIDTH - indent) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines.map((line) => ' '.repeat(indent) + line).join('\n')
}
