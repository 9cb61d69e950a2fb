import { readYaml } from '../config/yaml.js'

/**
 * The hops of a request as maps where they are maps. On the command line and in a form every hop is a text; one that
 * begins with a brace stands for a map, written as in the config: `{ ring: [frankfurt, dublin] }`.
 */
export function writtenHops(value: unknown): unknown[] {
  return [value].flat().map(writtenHop)
}

function writtenHop(hop: unknown): unknown {
  if (typeof hop !== 'string' || !isMap(hop)) return hop
  const read = readYaml(hop)
  // what is no YAML stays the text that it is, and is refused for that
  return 'tree' in read ? read.tree : hop
}

/** Neither a name nor a SIP URI nor a number begins so. */
export function isMap(hop: string): boolean {
  return hop.trimStart().startsWith('{')
}
