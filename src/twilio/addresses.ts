/**
 * The addresses from which Twilio sends SIP and media. From Twilio's pages "Elastic SIP Trunking: IP addresses", which
 * its page on SIP domains calls the complete list, and for a private line "Configure your Trunk using Twilio
 * Interconnect". Twilio announces changes weeks before; then this file changes, and the test that pins it.
 */
export const ADDRESSES_SOURCE = 'https://www.twilio.com/docs/sip-trunking/ip-addresses'

/** When this file was last compared with copies of the two pages. */
export const ADDRESSES_DATE = '2026-11-20'

/** Signalling, by the edge that a call leaves from. All of them IPv4. */
export const SIGNALLING: Readonly<Record<string, readonly string[]>> = {
  ashburn: ['54.172.60.0/30'],
  umatilla: ['54.244.51.0/30'],
  dublin: ['54.171.127.192/30'],
  frankfurt: ['35.156.191.128/30'],
  singapore: ['54.169.127.128/30'],
  tokyo: ['54.65.63.192/30'],
  'sao-paulo': ['177.71.206.192/30'],
  sydney: ['54.252.254.64/30'],
  'ashburn-ix': ['208.78.112.64/31', '208.78.112.66/32'],
  'san-jose-ix': ['67.213.136.64/31', '67.213.136.66/32'],
  'london-ix': ['185.187.132.68/31', '185.187.132.70/32'],
  'frankfurt-ix': ['185.194.136.64/31', '185.194.136.66/32'],
  'singapore-ix': ['103.75.151.68/31', '103.75.151.70/32'],
  'tokyo-ix': ['103.144.142.68/31', '103.144.142.70/32'],
  'sydney-ix': ['103.146.214.68/31', '103.146.214.70/32'],
  'sao-paulo-ix': ['159.183.255.68/31', '159.183.255.70/32'],
}

/** RTP and SRTP of all edges, since 2023-10-10; the older ranges are no longer used. */
export const MEDIA = { addresses: '168.86.128.0/18', ports: { from: 10_000, to: 60_000 } } as const
