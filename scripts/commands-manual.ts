import { COMMANDS } from '../bin/main.js'

const HELP = /(<!-- help of all commands -->\n).*(<!-- end of help -->)/s

/** The page of the commands with the help of each, as it is now. */
export async function manualWithHelp(page: string): Promise<string> {
  const sections: string[] = []
  for (const [name, { says, load }] of Object.entries(COMMANDS)) {
    const { help } = await load()
    sections.push(`## ${name}\n\n\`dialsip ${name}\` ${says}.\n\n\`\`\`text\n${help}\`\`\`\n`)
  }
  return page.replace(HELP, (_all, begin: string, end: string) => `${begin}\n${sections.join('\n')}\n${end}`)
}
