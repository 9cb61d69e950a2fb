/** A line and what hangs below it. A text of several lines stays together. */
export interface TreeBranch {
  readonly text: string
  readonly branches?: readonly TreeBranch[]
}

/** Draws a tree; the top hangs on nothing. */
export function drawTree({ text, branches = [] }: TreeBranch): string {
  return [text, ...branches.flatMap((branch, at) => limb(branch, at === branches.length - 1))].join('\n')
}

function limb(branch: TreeBranch, last: boolean): string[] {
  const [first, ...rest] = drawTree(branch).split('\n')
  return [`${last ? '└─' : '├─'} ${first}`, ...rest.map((line) => `${last ? '   ' : '│  '}${line}`)]
}
