/** A line and what hangs below it. A text of several lines stays together. */
export interface Branch {
  readonly text: string
  readonly branches?: readonly Branch[]
}

/** Draws a tree; the top hangs on nothing. */
export function drawTree({ text, branches = [] }: Branch): string {
  return [text, ...branches.flatMap((branch, at) => limb(branch, at === branches.length - 1))].join('\n')
}

function limb(branch: Branch, last: boolean): string[] {
  const [first, ...rest] = drawTree(branch).split('\n')
  return [`${last ? '└─' : '├─'} ${first}`, ...rest.map((line) => `${last ? '   ' : '│  '}${line}`)]
}
