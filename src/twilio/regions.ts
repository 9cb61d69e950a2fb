/**
 * Where Twilio's voice traffic leaves from: a region (`;region=`, the older word) and the edge at the same
 * place (`;edge=`). Without either, a call leaves from us1, ashburn.
 * From Twilio's pages "Edge Locations" and "Receiving SIP from Twilio". It has no prototype, so that
 * `REGIONS[name]` is undefined for a name such as `constructor`.
 */
export const REGIONS: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  us1: 'ashburn',
  us2: 'umatilla',
  ie1: 'dublin',
  de1: 'frankfurt',
  sg1: 'singapore',
  jp1: 'tokyo',
  br1: 'sao-paulo',
  au1: 'sydney',
})

/** Edges of Twilio Interconnect, a private line; they have no region. From "SIP over Interconnect". */
const INTERCONNECT_EDGES = [
  'ashburn-ix',
  'san-jose-ix',
  'london-ix',
  'frankfurt-ix',
  'singapore-ix',
  'tokyo-ix',
  'sydney-ix',
  'sao-paulo-ix',
]

/**
 * What regions and edges were called on earlier pages, with the edge of today: `region=us1-ix` and the older
 * `us1-tnx` for Interconnect, and `san-jose` for Oregon, as the table of "Receiving SIP from Twilio" still has it.
 */
export const FORMER_EDGES: ReadonlyMap<string, string> = new Map([
  ['san-jose', 'umatilla'],
  ['us1-ix', 'ashburn-ix'],
  ['us2-ix', 'san-jose-ix'],
  ['ie1-ix', 'london-ix'],
  ['de1-ix', 'frankfurt-ix'],
  ['sg1-ix', 'singapore-ix'],
  ['jp1-ix', 'tokyo-ix'],
  ['au1-ix', 'sydney-ix'],
  ['br1-ix', 'sao-paulo-ix'],
  ['us1-tnx', 'ashburn-ix'],
  ['us2-tnx', 'san-jose-ix'],
  ['ie1-tnx', 'london-ix'],
  ['sg1-tnx', 'singapore-ix'],
])

/** Every value of `;edge=` in a SIP URI. */
export const EDGES: readonly string[] = [...Object.values(REGIONS), ...INTERCONNECT_EDGES]

/**
 * Regions in which the REST API works, and the edge by which each is reached: since 2026-04-28 a region without an edge
 * has no host any more. From Twilio's changelog of 2026-02-04 and its guide to API domains.
 */
export const REST_REGIONS: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  us1: 'ashburn',
  ie1: 'dublin',
  au1: 'sydney',
  jp1: 'tokyo',
})
