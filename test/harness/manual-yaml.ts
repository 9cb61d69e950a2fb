import { FAILSAFE_SCHEMA, load } from 'js-yaml'
import { rootSchema } from '../../src/config/schema/root.js'

/**
 * A piece of YAML in a page of the manual. Its mark, behind `yaml` at the fence, says what it is:
 *
 * - `complete`: a whole config without errors and warnings;
 * - `other`: of another program, such as a workflow of GitHub;
 * - `reports CODE …`: a part of a config that has these errors or warnings and no others;
 * - nothing: a part of a config without any.
 */
export interface ManualYaml {
  readonly line: number
  readonly mark: string
  readonly text: string
}

const FENCE = /^( *)```yaml *(.*)\n([\s\S]*?)^\1```$/gm

export function yamlOf(page: string): ManualYaml[] {
  return [...page.matchAll(FENCE)].map(({ index, 1: indent = '', 2: mark = '', 3: body = '' }) => ({
    line: page.slice(0, index).split('\n').length,
    mark,
    text: body.replace(new RegExp(`^${indent}`, 'gm'), ''),
  }))
}

/** The config into which parts are put: what the manual speaks of by name is in it. */
const WHOLE_CONFIG = `
publicUrl: https://voice.example.com
state: memory
accounts: [{ sid: ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, authTokens: ["\${TWILIO_AUTH_TOKEN}"], enhancedSip: "true" }]
defaults: { otherwise: voicemail }
endpoints:
  frankfurt: { uri: "sip:{{To}}@fra.pbx.example.com", username: twilio, password: "\${FRA_SIP_PASSWORD}" }
  dublin: { uri: "sip:{{To}}@dub.pbx.example.com" }
  paris: { uri: "sip:{{To}}@par.pbx.example.com" }
  madrid: { uri: "sip:{{To}}@mad.pbx.example.com" }
  lab: { uri: "sip:{{To}}@lab.pbx.example.com" }
  sales: { uri: "sip:sales@pbx.example.com" }
  reception: { uri: "sip:reception@pbx.example.com" }
schedules:
  office: { timezone: Europe/Berlin, open: [mon-fri 09:00-18:00] }
lists: { blocked: ["+1900*"] }
actions: { voicemail: { say: Please leave a message., record: {} } }
routes:
  - name: berlin
    to: "+4930123456"
    rules: [{ name: open, if: { schedule: office }, dial: [frankfurt, dublin] }, { reject: busy }]
  - { name: main, to: "+15551230009", dial: frankfurt }
`

type Yaml = Readonly<Record<string, unknown>>

/** The whole configs in which a part is at its place: one, or one for each value of a key that it shows several times. */
export function aroundPart(text: string): string[] {
  return variantsOf(text).map((variant) => {
    const part = load(variant, { schema: FAILSAFE_SCHEMA }) as Yaml
    // JSON is YAML
    return JSON.stringify(placed(part, load(WHOLE_CONFIG, { schema: FAILSAFE_SCHEMA }) as Yaml))
  })
}

/** `screen: true` and below it `screen: https://…`: either is meant, not both. */
function variantsOf(text: string): string[] {
  const entries = text.split(/^(?=[\w$])/m)
  const keys = entries.map((entry) => entry.split(':', 1)[0])
  return new Set(keys).size < keys.length ? entries.filter((entry) => /^\w/.test(entry)) : [text]
}

/** By its first key a part belongs to the config, to an endpoint or to a dial. */
function placed(part: Yaml, whole: Yaml): Yaml {
  const first = Object.keys(part)[0]!
  if (first in rootSchema.shape) return merged(whole, part)
  if (ENDPOINT_KEYS.includes(first))
    return merged(whole, { endpoints: withFirst(whole.endpoints as Yaml, part) })
  const [berlin, main] = whole.routes as Yaml[]
  return { ...whole, routes: [berlin, { ...main, ...part }] }
}

const ENDPOINT_KEYS = ['uri', 'region', 'edge', 'username', 'password', 'headers', 'maxCalls']

function withFirst(endpoints: Yaml, part: Yaml): Yaml {
  const [name, endpoint] = Object.entries(endpoints)[0]!
  return { ...endpoints, [name]: { ...(endpoint as Yaml), ...part } }
}

/** Maps are put together by name, all else is replaced. */
function merged(whole: Yaml, part: Yaml): Yaml {
  const entries = Object.entries(part).map(([key, value]) => {
    const isMap = [whole[key], value].every((one) => typeof one === 'object' && !Array.isArray(one))
    return [key, isMap ? { ...(whole[key] as Yaml), ...(value as Yaml) } : value]
  })
  return { ...whole, ...Object.fromEntries(entries) }
}
