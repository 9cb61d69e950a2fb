import { parse, stringify } from 'node:querystring'
import fc from 'fast-check'
import type { Test } from 'tap'
import t from 'tap'
import sdk from 'twilio/lib/webhooks/webhooks.js'
import { diagnose, type RefusedRequest } from '../../src/twilio/diagnosis.js'
import type { WebhookParameters } from '../../src/twilio/parameters.js'
import {
  isSigned,
  isSignedJson,
  keyring,
  readSigning,
  signatureOf,
  signingKey,
} from '../../src/twilio/signature.js'
import { cases } from '../harness/cases.js'

const TOKEN = '12345'
const key = signingKey(TOKEN)

/** Parameters as a form parser gives them: without a prototype. */
function form(entries: readonly (readonly [string, string | string[]])[]): WebhookParameters {
  const params: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of entries) params[name] = value
  return params
}

const call = form([
  ['CallSid', 'CA1234567890ABCDE'],
  ['Caller', '+14158675309'],
  ['Digits', '1234'],
  ['From', '+14158675309'],
  ['To', '+18005551212'],
])
const none = form([])
const query = '/myapp.php?foo=1&bar=2'

t.test("the vectors of Twilio's own SDKs are signed", async (t) => {
  const bodyHash = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620'
  const addresses = form([['MessagingBinding.Address', ['+1325xxxxxxx', '+1415xxxxxxx']]])
  const repeats = form([
    ['Sid', 'CA123'],
    ['SidAccount', 'AC123'],
    ['Digits', ['5678', '1234', '1234']],
  ])
  const vectors: [string, WebhookParameters, string][] = [
    [`https://mycompany.com${query}`, call, 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
    [`https://mycompany.com:443${query}`, call, 'kvajT1Ptam85bY51eRf/AJRuM3w='],
    [`http://mycompany.com:1234${query}`, call, 'Zmvh+3yNM1Phv2jhDCwEM3q5ebU='],
    [`http://mycompany.com:80${query}`, call, '0ZXoZLH/DfblKGATFgpif+LLRf4='],
    [`https://user:pass@mycompany.com${query}`, call, 'CukzLTc1tT5dXEDIHm/tKBanW10='],
    [`https://user:pass@mycompany.com:443${query}`, call, 'ZQFR1PTIZXF2MXB8ZnKCvnnA+rI='],
    [`https://user@mycompany.com${query}`, call, '2YRLlVAflCqxaNicjMpJcSTgzSs='],
    [`https://mycompany.com${query}&Body=It%27s+amazing`, call, 'TfZzewPq8wqrGlMfyAud8+/IvJ0='],
    [`https://mycompany.com${query}`, addresses, '83O6e2vORAoJHUNzJjDWN1jz+BA='],
    [`https://mycompany.com${query}`, repeats, 'IK+Dwps556ElfBT0I3Rgjkr1wJU='],
    [`https://mycompany.com${query}&bodySHA256=${bodyHash}`, none, 'a9nBmqA0ju/hNViExpshrM61xv4='],
    [`https://mycompany.com/myapp.php?bodySHA256=${bodyHash}`, none, 'y77kIzt2vzLz71DgmJGsen2scGs='],
  ]
  for (const [url, params, signature] of vectors) {
    t.equal(signatureOf(key, url, params), signature, url)
    t.ok(isSigned([key], signature, url, params), url)
  }
})

t.test('the example of the security page is signed', async (t) => {
  const params = form([...Object.entries(call), ['Caller', '+14158675310'], ['From', '+14158675310']])
  t.ok(isSigned([key], 'L/OH5YylLD5NRKLltdqwSvS0BnU=', `https://example.com${query}`, params))
})

t.test('a port may be there or not on either side', async (t) => {
  const [bare, standard] = ['RSOYDt4T1cUTdK1PDd93/VVr8B8=', 'kvajT1Ptam85bY51eRf/AJRuM3w=']
  for (const host of ['mycompany.com', 'mycompany.com:443', 'mycompany.com:8443']) {
    t.ok(isSigned([key], bare, `https://${host}${query}`, call), host)
  }
  t.ok(isSigned([key], standard, `https://mycompany.com${query}`, call))
  t.notOk(isSigned([key], standard, `https://mycompany.com:8443${query}`, call), 'another port')
})

t.test('a query that was signed escaped is accepted unescaped', async (t) => {
  const url = `https://mycompany.com${query}&Body=It's+amazing`
  t.ok(isSigned([key], 'TfZzewPq8wqrGlMfyAud8+/IvJ0=', url, call), 'as new URL() escapes')
  const legacy = url.replace('+', '%20')
  t.ok(isSigned([key], signatureOf(key, legacy, call), url, call), 'as querystring escapes')
})

t.test('any key of the account may have signed', async (t) => {
  const url = `https://mycompany.com${query}`
  const signature = signatureOf('new token', url, call)
  t.ok(isSigned([key, signingKey('new token')], signature, url, call))
  t.notOk(isSigned([key], signature, url, call))
  t.notOk(isSigned([], signature, url, call))
})

t.test('values count untrimmed, empty ones too', async (t) => {
  const url = `https://mycompany.com${query}`
  const signature = signatureOf(
    key,
    url,
    form([
      ['CallerName', ' Jane '],
      ['FromCity', ''],
    ]),
  )
  t.ok(
    isSigned(
      [key],
      signature,
      url,
      form([
        ['FromCity', ''],
        ['CallerName', ' Jane '],
      ]),
    ),
  )
  t.notOk(
    isSigned(
      [key],
      signature,
      url,
      form([
        ['FromCity', ''],
        ['CallerName', 'Jane'],
      ]),
    ),
  )
  t.notOk(isSigned([key], signature, url, form([['CallerName', ' Jane ']])))
})

t.test('a text that is not a signature is refused without an error', async (t) => {
  const bad = [undefined, '', 'x', `${'A'.repeat(27)}=`, 'é'.repeat(14), 'RSOYDt4T1cUTdK1PDd93/VVr8B8']
  for (const signature of bad) {
    t.notOk(isSigned([key], signature, `https://mycompany.com${query}`, call), String(signature))
    t.notOk(isSigned([key], signature, 'not a url', call), String(signature))
  }
})

// The SDK as the oracle

const odd = [
  ..."ab/?#:@[]'()!*%+~&=;. \\\té😀\u0130\ud800\udc00",
  '%20',
  '%27',
  '%zz',
  '%ED%A0%80',
  'bodySHA256=',
  '//',
]
const oddText = fc.string({ unit: fc.constantFrom(...odd), maxLength: 12 })
const name = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'From', 'from', 'To', '10', '9', ''),
  oddText,
)
const params = fc
  .array(fc.tuple(name, fc.oneof(oddText, fc.array(oddText, { maxLength: 4 }))), { maxLength: 8 })
  .map(form)

const oneOf = (...texts: string[]) => fc.constantFrom(...texts)
const url = fc
  .tuple(
    oneOf('https://', 'http://', 'HTTPS://', 'wss://', 'sip:', 'x-y.z+1://', '/', ''),
    oneOf('', '', 'user:pass@', 'u@', 'a@b@', ':@', 'é '),
    oneOf('example.com', 'EXAMPLE.com', 'münchen.example', '[::1]', '[::1', '127.1', 'a b', ''),
    oneOf('', '', ':443', ':80', ':8443', ':0443', ':', ':x', ':1:2'),
    fc.oneof(oneOf('', '/voice', '/voice?', '/a/../b?c=d'), oddText),
    fc.oneof(oneOf('', "?a='b'", '?b=1&a=2&b=0', '?&&=', '#f'), oddText),
  )
  .map((parts) => parts.join(''))

/** What a sender may have signed for a URL: the SDK takes some of these for it, and others not. */
function signedForms(url: string): string[] {
  const encoded = URL.canParse(url) ? new URL(url).href : url
  const withPorts = [url, encoded].flatMap((form) => [
    form,
    form.replace(/:\d+/, ''),
    ...[':443', ':80'].map((port) => form.replace(/^[^:]+:\/\/[^/?#]*/, (head) => head + port)),
  ])
  const reencoded = withPorts.map((form) =>
    form.replace(/(?<=^[^?]*\?).+/s, (query) => stringify(parse(query))),
  )
  return [...withPorts, ...reencoded, `${url}/`, url.replace('https', 'http'), stringify(parse(url))]
}

/** The SDK's verdict; where it throws, the request is not signed. */
function oracle(verdict: () => boolean): boolean {
  try {
    return verdict()
  } catch {
    return false
  }
}

/** Runs a property over many requests, and sees to it that both verdicts came up. */
function agree(t: Test, property: (seen: Set<boolean>) => fc.IRawProperty<unknown>) {
  const seen = new Set<boolean>()
  fc.assert(property(seen), { numRuns: cases(600) })
  t.same([...seen].sort(), [false, true], 'both verdicts came up')
}

t.test('the SDK gives the same verdict on any request', async (t) => {
  agree(t, (seen) =>
    fc.property(url, url, params, fc.nat(), (url, other, params, pick) => {
      const forms = [...signedForms(url), other]
      const signature = sdk.getExpectedTwilioSignature(TOKEN, forms[pick % forms.length]!, params)
      const verdict = isSigned([key], signature, url, params)
      seen.add(verdict)
      return verdict === oracle(() => sdk.validateRequest(TOKEN, signature, url, params))
    }),
  )
})

t.test('the SDK gives the same verdict on tampered requests', async (t) => {
  agree(t, (seen) =>
    fc.property(params, params, oddText, fc.boolean(), (params, more, text, isTampered) => {
      const url = 'https://example.com/voice'
      const signature = sdk.getExpectedTwilioSignature(TOKEN, url, params) + (isTampered ? text : '')
      const received = isTampered ? form(Object.entries({ ...params, ...more })) : params
      const verdict = isSigned([key], signature, url, received)
      seen.add(verdict)
      return verdict === oracle(() => sdk.validateRequest(TOKEN, signature, url, received))
    }),
  )
})

t.test('the SDK computes the same signature', async () => {
  fc.assert(
    fc.property(oddText, url, params, (token, url, params) => {
      const expected = sdk.getExpectedTwilioSignature(token, url, params)
      return (
        signatureOf(signingKey(token), url, params) === expected &&
        signatureOf(token, url, params) === expected
      )
    }),
  )
})

t.test('a JSON body is checked by its hash in the URL', async (t) => {
  const url = `https://mycompany.com:443${query}&bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a`
  const signature = 'Ldidvp12m26NI7eqEvxnEpkd9Hc='
  t.ok(isSignedJson([key], signature, url, Buffer.from('{}')))
  t.notOk(isSignedJson([key], signature, url, Buffer.from('{ }')), 'another body')
  t.notOk(isSignedJson([key], `${'A'.repeat(27)}=`, url, Buffer.from('{}')), 'another signature')
  const bare = `https://mycompany.com${query}`
  t.notOk(isSignedJson([key], signatureOf(key, bare, none), bare, Buffer.from('{}')), 'no hash')
  t.notOk(isSignedJson([key], signatureOf(key, '/voice', none), '/voice', Buffer.from('{}')), 'no URL')
})

t.test('the SDK gives the same verdict on JSON bodies', async (t) => {
  const json = fc.oneof(oneOf('', '{}', '{"a":1}'), oddText)
  agree(t, (seen) =>
    fc.property(url, json, json, fc.boolean(), (base, body, other, isSame) => {
      const url = `${base}&bodySHA256=${sdk.getExpectedBodyHash(body)}`
      const received = isSame ? body : other
      const signature = sdk.getExpectedTwilioSignature(TOKEN, url, {})
      const verdict = isSignedJson([key], signature, url, Buffer.from(received))
      seen.add(verdict)
      return verdict === oracle(() => sdk.validateRequestWithBody(TOKEN, signature, url, received))
    }),
  )
})

// Why a signature was refused

const labels = { main: 'ACmain', other: 'ACother' }
const keys = keyring([
  {
    sid: labels.main,
    authTokens: [TOKEN, 'older token'],
    sharedKeys: { SK1: 'first secret', SK2: 'second secret' },
  },
  { sid: labels.other, authTokens: ['token of another account'], sharedKeys: { SK3: 'other secret' } },
])
const tokens = (all: Record<string, string[]>) =>
  keyring(Object.entries(all).map(([sid, authTokens]) => ({ sid, authTokens, sharedKeys: {} })))

/** A refused request to `https://voice.example.com/voice`, signed for `url` with `params`. */
function refused(
  url: string,
  more: Partial<RefusedRequest> & { signed?: WebhookParameters; by?: string } = {},
): RefusedRequest {
  const { signed = call, by = TOKEN, signing = readSigning(undefined), ...request } = more
  return {
    signature: signatureOf(by, url, signed, signing?.hash),
    signing,
    isJson: false,
    publicUrl: { protocol: 'https:', host: 'voice.example.com', pathname: '/' },
    target: '/voice',
    params: call,
    account: labels.main,
    keys,
    ...request,
  }
}

t.test('each difference from the signed request is named', async (t) => {
  const prefixed = { protocol: 'https:', host: 'voice.example.com', pathname: '/twilio/' }
  const withPort = { protocol: 'http:', host: 'voice.example.com:8080', pathname: '/' }
  const get = { params: none, target: '/voice?To=%2B1&From=sip%3Aa%40b' }
  const spaced = form([
    ['From', [' Jane ', ' x']],
    ['To', ' 15551230001'],
  ])
  const here = 'https://voice.example.com'
  const json = { isJson: true, params: none, signed: none }
  const cases: [string, RefusedRequest][] = [
    ['other-account', refused(`${here}/voice`, { by: 'token of another account' })],
    ['other-account', refused(`${here}/voice`, { account: undefined })],
    ['other-scheme', refused('http://voice.example.com/voice')],
    ['other-scheme', refused('http://voice.example.com:80/voice')],
    ['other-scheme', refused(`${here}/voice`, { publicUrl: withPort })],
    ['other-port', refused(`${here}:8443/voice`, { host: 'voice.example.com:8443' })],
    [
      'other-port',
      refused('http://voice.example.com:3000/voice', { publicUrl: withPort, host: 'voice.example.com:3000' }),
    ],
    ['other-host', refused('https://old.example.com/voice', { host: 'old.example.com' })],
    [
      'other-host',
      refused('http://old.example.com:81/voice', { host: 'a.internal', forwardedHost: 'old.example.com:81' }),
    ],
    ['other-scheme', refused('http://voice.example.com/voice', { by: 'older token' })],
    ['trailing-slash', refused(`${here}/voice/`)],
    ['trailing-slash', refused(`${here}/voice?a=1`, { target: '/voice/?a=1' })],
    ['path-prefix', refused(`${here}/voice`, { publicUrl: prefixed, target: '/twilio/voice' })],
    ['path-prefix', refused(`${here}/twilio/voice`, { publicUrl: prefixed })],
    ['path-prefix', refused(`${here}/edge/voice`, { publicUrl: prefixed, forwardedPrefix: '/edge/' })],
    ['trailing-slash', refused('http://voice.example.com:8080/voice/', { publicUrl: withPort })],
    ['query-left-out', refused(`${here}/voice`, { target: '/voice?a=1' })],
    ['query-unescaped', refused(`${here}/voice?To=+1&From=sip:a@b`, { ...get, signed: none })],
    [
      'query-as-form',
      refused(`${here}/voice`, {
        ...get,
        signed: form([
          ['To', '+1'],
          ['From', 'sip:a@b'],
        ]),
      }),
    ],
    ['form-left-out', refused(`${here}/voice`, { signed: none })],
    [
      'form-trimmed',
      refused(`${here}/voice`, {
        params: spaced,
        signed: form([
          ['From', ['Jane', 'x']],
          ['To', '15551230001'],
        ]),
      }),
    ],
    [
      'form-plus-sign',
      refused(`${here}/voice`, {
        params: spaced,
        signed: form([
          ['From', [' Jane ', ' x']],
          ['To', '+15551230001'],
        ]),
      }),
    ],
    ['query-reordered', refused(`${here}/voice?a=1&b=2&c=3`, { target: '/voice?c=3&a=1&b=2' })],
    ['query-reordered', refused(`${here}/voice?c=3&a=1&b=2`, { target: '/voice?a=1&b=2&c=3' })],
    ['query-reordered', refused(`${here}/voice?a=1&b=2&c=3&d=4`, { target: '/voice?a=1&d=4&b=2&c=3' })],
    ['no-match', refused(`${here}/voice?a=1&c=3&b=2&d=4`, { target: '/voice?a=1&d=4&b=2&c=3' })],
    ['body', refused(`${here}/voice?bodySHA256=0`, { target: '/voice?bodySHA256=0', ...json })],
    ['other-scheme', refused('http://voice.example.com/voice', { ...json })],
    ['shared-key', refused(`${here}/voice`, { by: 'forgotten', signing: sharedKey('SK9') })],
    ['other-account', refused(`${here}/voice`, { by: 'other secret', signing: sharedKey('SK3') })],
    [
      'other-scheme',
      refused('http://voice.example.com/voice', { by: 'first secret', signing: sharedKey('SK1') }),
    ],
    ['no-match', refused(`${here}/voice`, { by: 'second secret', signing: sharedKey('SK1') })],
    ['no-match', refused(`${here}/voice`, { by: 'a token that is nowhere' })],
    ['no-match', refused(`${here}/voice`, { by: 'a token that is nowhere', params: none })],
    ['unknown-account', refused(`${here}/voice`, { by: 'a token that is nowhere', account: undefined })],
    ['no-signature', refused(`${here}/voice`, { signature: undefined })],
    ['not-a-signature', refused(`${here}/voice`, { signature: 'sha256=0123' })],
  ]
  for (const [code, request] of cases) t.equal(diagnose(request).code, code, diagnose(request).says)
})

/** What a webhook says of itself that the shared key of an id has signed. */
function sharedKey(id: string, algorithm = 'HMAC_SHA256') {
  return readSigning(`key=${id},algorithm=${algorithm}`)!
}

t.test('a webhook says by which shared key it is signed', async (t) => {
  t.same(sharedKey('SK1'), { sharedKey: 'SK1', hash: 'sha256' })
  t.same(readSigning(' algorithm = HMAC_SHA1 , key=SK1,more=x'), { sharedKey: 'SK1', hash: 'sha1' })
  const odd = [
    '',
    'key=SK1',
    'algorithm=HMAC_SHA256',
    'key=,algorithm=HMAC_SHA256',
    'key=a,key=b,algorithm=HMAC_SHA1',
  ]
  for (const settings of [...odd, 'key=SK1,algorithm=HMAC_MD5', 'key=SK1,algorithm=hmac_sha256', 'SK1'])
    t.equal(readSigning(settings), undefined, settings)
})

t.test('the shared key that is missing is named', async (t) => {
  const saysOf = (more: Partial<RefusedRequest>) =>
    diagnose({ ...refused('https://voice.example.com/voice'), ...more })
  const signature = `${'A'.repeat(43)}=`
  t.match(
    saysOf({ signing: sharedKey('SK_9-a'), signature }).says,
    'signed with the shared key SK_9-a, which',
  )
  t.match(
    saysOf({ signing: sharedKey('evil\u001b[31m'), signature }).says,
    'the shared key (an odd id), which',
  )
  t.match(saysOf({ signing: undefined, signature }), { code: 'shared-key', says: /is not key=ID,algorithm=/ })
  t.match(saysOf({ signature }), { code: 'shared-key', says: /a proxy removed or changed that header/ })
  t.match(saysOf({ signing: sharedKey('SK1', 'HMAC_SHA1'), signature: 'x' }), { code: 'not-a-signature' })
})

t.test('where nothing matches the URL, the token and the region are named', async (t) => {
  const { says } = diagnose(refused('https://other.example.com/twilio/voice'))
  for (const cause of ['publicUrl may not be the URL set at Twilio', 'authTokens', 'Twilio Regions'])
    t.match(says, cause)
})

t.test('the sentence says what was signed and what to check', async (t) => {
  const { says } = diagnose(refused('http://voice.example.com/voice'))
  t.equal(
    says,
    'signed for http://voice.example.com instead of https://voice.example.com: check publicUrl, and the URL set at Twilio',
  )
})

t.test('nothing of an unproven request and no secret is said', async (t) => {
  const request = refused('https://x.example/', { host: 'evil.example', target: '/evil', account: 'ACevil' })
  t.notMatch(diagnose(request).says, /evil/)
  for (const url of [
    'http://voice.example.com/voice',
    'https://voice.example.com/voice/',
    'https://x.example/',
  ]) {
    const { says } = diagnose(refused(url))
    t.notOk(says.includes(TOKEN))
    t.notOk(says.includes(signatureOf(key, 'https://voice.example.com/voice', call)))
  }
})

t.test('the work is bounded however many tokens there are', async (t) => {
  const many = (count: number, last: string) => [
    ...Array.from({ length: count }, (_, index) => `token ${index}`),
    last,
  ]
  const slash = 'https://voice.example.com/voice/'
  const rotated = (older: number) => tokens({ [labels.main]: many(older, TOKEN) })
  t.equal(diagnose(refused(slash, { keys: rotated(10) })).code, 'trailing-slash', '33 signatures')
  t.equal(diagnose(refused(slash, { keys: rotated(30) })).code, 'no-match', '40, then no more')
  const crowded = tokens({ [labels.main]: [TOKEN], [labels.other]: many(100, 'last') })
  t.equal(diagnose(refused(slash, { keys: crowded })).code, 'trailing-slash', 'other accounts leave room')
  const last = refused('https://voice.example.com/voice', { keys: crowded, by: 'last' })
  t.equal(diagnose(last).code, 'no-match', 'eight tokens of other accounts, no more')
})
