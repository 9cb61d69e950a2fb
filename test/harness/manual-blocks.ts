/** A command of the manual, and the lines that the page shows below it. */
export interface ManualCommand {
  readonly command: string
  readonly shown: readonly string[]
}

/** A block of commands of a page of the manual. */
export interface ManualBlock {
  readonly line: number
  /** What it cannot be run without, from the comment above: `<!-- needs Docker -->`. */
  readonly needs: string | undefined
  readonly text: string
  readonly commands: readonly ManualCommand[]
  /** The last config that the page shows above it. */
  readonly config: string | undefined
}

const FENCE =
  /^( *)(?:<!-- needs ([^>]*) -->\n\1)?```(console|sh|bash|shell|yaml|yaml complete)\n([\s\S]*?)^\1```$/gm

/** The blocks of commands of a page, in its order. */
export function blocksOf(page: string): ManualBlock[] {
  const blocks: ManualBlock[] = []
  let config: string | undefined
  for (const { index, 0: whole, 1: indent = '', 2: needs, 3: language, 4: body = '' } of page.matchAll(
    FENCE,
  )) {
    const text = body.replace(new RegExp(`^${indent}`, 'gm'), '')
    if (language!.startsWith('yaml')) {
      if (/^routes:/m.test(text)) config = text
      continue
    }
    const line = page.slice(0, index + whole.length).split('\n').length - whole.split('\n').length + 1
    const commands = language === 'console' ? commandsIn(text) : [{ command: text, shown: [] }]
    blocks.push({ line, needs, text, commands, config })
  }
  return blocks
}

/** A command goes on after a backslash and within braces; all else is what it shows. */
function commandsIn(text: string): ManualCommand[] {
  return text
    .split(/^\$ /m)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [, command = '', shown = ''] = /^((?:.*\\\n)*.*)\n?([\s\S]*)$/.exec(part)!
      return { command, shown: shown.trimEnd().split('\n') }
    })
}

/** What a page shows, as a pattern: `…` is anything in a line, and on a line of its own any number of lines. */
export function patternOf(shown: readonly string[]): RegExp {
  const lines = shown.map((line) =>
    line.trim() === '…' ? '(?:.*\n)*?' : `${line.trimEnd().split('…').map(escaped).join('.*')} *\n`,
  )
  return new RegExp(`^${lines.join('')}$`)
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
