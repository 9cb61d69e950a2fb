/** A place in a template that a value of the call fills: `{{To}}`. */
export interface Hole {
  readonly name: string
}

/** A text in parts, literals and holes by turns. A text without holes is a single string. */
export type Template = readonly (string | Hole)[]

/** Whether the text differs from call to call. */
export function hasHoles(template: Template): boolean {
  return template.some((part) => typeof part !== 'string')
}

/** The template as it is written: `sales-{{To.digits}}`. */
export function templateText(template: Template): string {
  return template.map((part) => (typeof part === 'string' ? part : `{{${part.name}}}`)).join('')
}

/** The same template with every literal changed by `change`; holes stay. */
export function mapLiterals(template: Template, change: (literal: string) => string): Template {
  return template.map((part) => (typeof part === 'string' ? change(part) : part))
}
