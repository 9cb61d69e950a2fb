export const MAIN = `AC${'a'.repeat(32)}`

export const SUB = `AC${'b'.repeat(32)}`

export const VOICE_URL = 'https://voice.example.com/voice#ct=2000&rt=4000&rc=2&rp=ct,rt,5xx'

export function yaml(url: string, twilio = '', main = '${TOKEN:-12345}'): string {
  return `
publicUrl: https://voice.example.com
accounts:
  - { sid: ${MAIN}, name: main, authTokens: ["${main}"] }
  - { sid: ${SUB}, name: sub, authTokens: ["\${SUB_TOKEN:-67890}"] }
twilio: { apiBaseUrl: "${url}"${twilio} }
endpoints: { pbx: { uri: "sip:{{To}}@pbx.example.com", password: "\${PBX_PASSWORD}" } }
routes:
  - { name: berlin, to: ["+4930*"], dial: pbx }
  - { name: paris, to: ["+33123456789", "+33123456780"], dial: pbx }
`
}
