import type { Rung } from './graph.js'
import type { PictureView } from './picture.js'

/** How a hop is, in a colour, a sign and words. */
export interface RungNow {
  readonly tone: 'good' | 'warn' | 'bad' | 'quiet'
  readonly sign: string
  readonly says: string
}

/** What came of a hop in the call that is lit; without one, how its endpoints are now. */
export function rungNow(
  { hop, endpoints, share }: Rung,
  box: string,
  { lights, endpoints: states }: PictureView,
): RungNow {
  const tried = lights.hops.get(box)?.findLast((one) => one.hop === hop)
  if (tried?.outcome === 'answered')
    return { tone: 'good', sign: '✓', says: hop.includes('|') ? 'one answers' : 'answers' }
  if (tried?.outcome !== undefined)
    return { tone: 'bad', sign: '✕', says: [tried.outcome, tried.code].filter(Boolean).join(' ') }
  const known = endpoints.flatMap((name) => states.get(name) ?? [])
  const first = share === undefined ? '' : `${share}, `
  if (known.length === 0)
    return {
      tone: 'quiet',
      sign: '',
      says: `${first}${hop.startsWith('+') ? 'phone number' : 'SIP address'}`,
    }
  const notUp = known.filter(({ state }) => state !== 'up')
  const calls = known.reduce((sum, one) => sum + one.calls, 0)
  const ongoing = calls === 0 ? '' : `, ${calls} ${calls === 1 ? 'call' : 'calls'}`
  const [worst] = notUp
  if (!worst) return { tone: 'good', sign: '', says: `${first}up${ongoing}` }
  const whose = known.length > 1 ? `${worst.name} ` : ''
  const tone = notUp.length === known.length ? 'bad' : 'warn'
  return { tone, sign: '', says: `${first}${whose}${worst.state}${ongoing}` }
}
