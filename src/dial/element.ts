import type { Endpoint, Hop } from '../model/config.js'
import { type Element, hole } from '../xml/document.js'
import { query } from './plan.js'

/** What of a hop's call progress dialsip wants to know: `ringing` tells silence from nobody answering. */
const EVENTS = 'initiated ringing answered completed'

/** `<Dial>`: `action` brings the outcome back with the plan; `callerId` and `referUrl` only where there are any. */
export function dialElement(hop: Hop, withCallerId: boolean, base: string): Element {
  const attributes = {
    ...hop.attributes,
    action: `${base}/dialed?${hole('plan')}`,
    ...(withCallerId && { callerId: hole('callerId') }),
    ...(hop.refer && { referUrl: `${base}/refer?${hole('plan')}` }),
  }
  return { name: 'Dial', attributes, content: hole('targets') }
}

/** `<Sip>` or `<Number>`: reports its progress to dialsip, unless the config sends that elsewhere. */
export function targetElement(endpoint: Endpoint, hop: Hop, base: string): Element {
  const attributes = {
    ...(hop.screen && { url: `${base}/screen?${hole('plan')}` }),
    statusCallback: `${base}/status?${query({ endpoint: endpoint.name })}`,
    ...(!endpoint.attributes.statusCallback && { statusCallbackEvent: EVENTS }),
    ...endpoint.attributes,
  }
  return { name: endpoint.uri ? 'Sip' : 'Number', attributes, content: hole('address') }
}
