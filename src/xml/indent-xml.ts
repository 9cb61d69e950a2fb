const INDENT = '  '

/** XML as dialsip writes it, for people: each element that holds others gets lines of its own. */
export function indentXml(xml: string): string {
  let depth = 0
  return xml
    .split(/(?<=>)(?=<)/)
    .map((piece) => {
      const closes = piece.startsWith('</')
      if (closes) depth -= 1
      const line = INDENT.repeat(depth) + piece
      if (!closes && !piece.startsWith('<?') && !piece.endsWith('/>') && !piece.includes('</')) depth += 1
      return line
    })
    .join('\n')
}
