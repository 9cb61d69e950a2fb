import { createHash, createHmac } from 'node:crypto'
import t from 'tap'
import sdk from 'twilio/lib/webhooks/webhooks.js'
import { loadConfig } from '../../src/config/load.js'
import { ACCOUNT, files, HEAD, TOKEN, webhook } from '../harness/build.js'
import { actionOf } from '../harness/callback-urls.js'
import { BASE, CONFIG, NOW, serviceOn } from '../harness/signed-service.js'

t.test('each token of an account is accepted', async (t) => {
  const head = HEAD.replace('"${TOKEN}"', '"old-token", "${TOKEN}"')
  t.match(head, 'old-token')
  const { post } = serviceOn({
    ...CONFIG,
    accounts: [{ ...CONFIG.accounts[0]!, authTokens: ['old-token', TOKEN] }],
  })
  t.equal((await post('/voice', webhook())).statusCode, 200)
  const old = sdk.getExpectedTwilioSignature('old-token', `${BASE}/voice`, webhook())
  t.equal((await post('/voice', webhook(), { 'x-twilio-signature': old })).statusCode, 200)
})

const OTHER = `AC${'b'.repeat(32)}`

/** Two accounts on one dialsip: `a`, `spare` and the numbers of `main` are the first one's. */
const APART = loadConfig(
  '/etc/dialsip.yaml',
  files({
    'dialsip.yaml': `
publicUrl: ${BASE}
accounts:
  - { name: production, sid: ${ACCOUNT}, authTokens: ["\${TOKEN}"] }
  - { name: sandbox, sid: ${OTHER}, authTokens: [other-token] }
defaults: { account: production, otherwise: { hangup: true } }
endpoints:
  a: { uri: "sip:{{To}}@a.example.com", username: u, password: s3cret-pass }
  b: { uri: "sip:{{To}}@b.example.com" }
  spare: { uri: sip:spare@a.example.com, username: u, password: s3cret-pass }
  shared: { uri: sip:shared@c.example.com }
groups: { both: [a, b], ours: [b, shared] }
numbersFrom: numbers.csv
actions:
  toSpare: { dial: spare, otherwise: { hangup: true } }
  voicemail: { record: true, say: secret word }
  wordless: { say: Bye }
rules: [{ name: unknown, if: { from: anonymous }, dial: shared, otherwise: { hangup: true } }]
routes:
  - name: main
    to: "+15551230001"
    dial: [{ ring: [a, b] }, { split: { a: 1, shared: 1 } }]
    screen: { say: hush, accept: 1 }
    otherwise: [{ say: hush }, voicemail]
  - { name: lab, account: [sandbox], to: ["+15551230002", "+1777*"], dial: b, referUrl: true, otherwise: voicemail }
  - { name: all, account: [sandbox, ${ACCOUNT}], to: "+15551230003", dial: [shared, b] }
default: { reject: busy }
`,
    'numbers.csv': 'number,endpoint,To\n+15551230004,a,hush\n',
  }),
).config!

/** What one account gets at a target, signed with its own token. */
function accountOn(service: ReturnType<typeof serviceOn>, AccountSid: string, token: string) {
  return async function ask(target: string, params: Record<string, string> = {}) {
    const sent = webhook({ ...params, AccountSid })
    const signature = sdk.getExpectedTwilioSignature(token, BASE + target, sent)
    return (await service.post(target, sent, { 'x-twilio-signature': signature })).body
  }
}

t.test('a number of another account is like one that nobody claims', async (t) => {
  const server = serviceOn(APART)
  const [production, sandbox] = [accountOn(server, ACCOUNT, TOKEN), accountOn(server, OTHER, 'other-token')]
  t.match(await production('/voice'), 's3cret-pass')
  t.match(await production('/voice', { To: '+15551230004' }), 's3cret-pass', 'as defaults says')
  for (const To of ['+15551230001', '+15551230004']) {
    t.match(await sandbox('/voice', { To }), '<Reject reason="busy"/>')
    t.match(await sandbox('/dialed', { To }), '<Reject reason="busy"/>', 'without a plan')
  }
  t.match(server.lines.at(-1), {
    msg: 'route endpoint:a is for account production, not for sandbox',
    account: OTHER,
    route: '',
  })
  t.match(await sandbox('/voice', { To: '+15551230002' }), '@b.example.com')
  t.match(await production('/voice', { To: '+15551230002' }), '<Reject reason="busy"/>')
  for (const ask of [production, sandbox])
    t.match(await ask('/voice', { To: '+15551230003' }), 'shared@c.example.com')
})

t.test('no URL that another account signs leads to what is not its own', async (t) => {
  const server = serviceOn(APART)
  const sandbox = accountOn(server, OTHER, 'other-token')
  const production = accountOn(server, ACCOUNT, TOKEN)
  const document = await production('/voice')
  const failed = { DialCallStatus: 'failed', DialCallSid: 'CA8' }
  const screen = /<Sip url="https:\/\/voice\.example\.com([^"]*)"/
    .exec(document)![1]!
    .replaceAll('&amp;', '&')
  t.match(await production(screen, { ParentCallSid: 'CA1' }), 'hush')
  const targets = [
    actionOf(document),
    screen,
    '/dialed?dial=main&hop=a&next=a',
    '/dialed?dial=lab&hop=b&next=a%5Espare&route=lab',
    '/dialed?dial=%40toSpare&hop=spare&route=lab&next=spare',
    '/dialed?dial=gone&hop=gone&next=a%5Espare%5Ea%7Cb',
    '/recorded?list=main%2Fotherwise&step=0&route=main',
    '/outbound?route=main',
    '/outbound?dial=%40outbound%3Aa',
    '/outbound?dial=%40outbound%3Aboth',
    '/outbound?dial=%40outbound%3Aa%7Cspare',
  ]
  for (const target of targets) {
    for (const To of ['+15551230001', '+15551230002']) {
      const twiml = await sandbox(target, { To, ...failed })
      t.match(twiml, '<Response>', target)
      t.notMatch(twiml, /s3cret-pass|@a\.example\.com|hush/, target)
    }
  }
  const refer = '/refer?dial=lab&hop=b&route=lab'
  t.notMatch(await sandbox(refer, { ReferTransferTarget: '<sip:+15551230001@x>' }), 's3cret-pass')
  t.match(await sandbox(refer, { ReferTransferTarget: '<sip:+17771@x>' }), '@b.example.com')
  const warned = server.lines.filter(({ level }) => level === 40).map(({ msg }) => msg)
  t.ok(warned.includes('route main is for account production, not for sandbox'))
})

t.test('an account goes on with its own calls on every path', async (t) => {
  const server = serviceOn(APART)
  const sandbox = accountOn(server, OTHER, 'other-token')
  const lab = { To: '+15551230002', DialCallStatus: 'no-answer' }
  const voicemail = await sandbox(actionOf(await sandbox('/voice', lab)), lab)
  t.match(voicemail, 'secret word')
  t.match(await sandbox(actionOf(voicemail), lab), '<Hangup/>')
  t.match(await sandbox('/outbound?route=lab', lab), '@b.example.com')
  t.match(await sandbox('/outbound?dial=%40outbound%3Aours', lab), '@b.example.com')
  t.match(await sandbox('/dialed?dial=gone&hop=gone&next=shared', lab), 'shared@c.example.com')
})

t.test('the rules of the config are for all accounts', async (t) => {
  const server = serviceOn(APART)
  for (const ask of [accountOn(server, ACCOUNT, TOKEN), accountOn(server, OTHER, 'other-token')]) {
    const From = 'anonymous'
    t.match(await ask('/voice', { From }), 'sip:shared@c.example.com')
    t.match(await ask('/voice', { From, To: '+15550000000' }), 'sip:shared@c.example.com')
  }
})

t.test('an account cannot eject or release what others ring', async (t) => {
  const server = serviceOn(APART)
  const sandbox = accountOn(server, OTHER, 'other-token')
  const production = accountOn(server, ACCOUNT, TOKEN)
  for (const hop of ['a', 'b'])
    for (const DialCallSid of ['CA1', 'CA2', 'CA3'])
      await sandbox(`/dialed?dial=main&hop=${hop}`, {
        DialCallStatus: 'failed',
        DialCallSid: DialCallSid + hop,
      })
  t.equal(server.service.health.standing('a', NOW), 'up')
  t.equal(server.service.health.standing('b', NOW), 'ejected', 'both ring it')
  const answered = { ParentCallSid: webhook().CallSid!, CallSid: 'CA9', CallStatus: 'in-progress' }
  await sandbox('/status?endpoint=a', answered)
  t.same(server.service.book.find(webhook().CallSid!)?.answered, [])
  await production('/status?endpoint=a', answered)
  t.same(server.service.book.find(webhook().CallSid!)?.answered, ['a'])
})

t.test('a shared key signs as a token does', async (t) => {
  const sharedKeys = { SK1: 'first secret', SK2: 'second secret' }
  const { post, app, lines } = serviceOn({ ...CONFIG, accounts: [{ ...CONFIG.accounts[0]!, sharedKeys }] })
  const hmac = (hash: string, secret: string, text: string) =>
    createHmac(hash, secret).update(text).digest('base64')
  const text = (params: Record<string, string>) =>
    Object.keys(params)
      .sort()
      .reduce((all, name) => all + name + params[name], `${BASE}/voice`)
  const settings = 'x-twilio-webhooks-signature-settings'
  const said = async (key: string, algorithm: string, signature: string) => {
    const headers = { [settings]: `key=${key},algorithm=${algorithm}`, 'x-twilio-signature': signature }
    return (await post('/voice', webhook(), headers)).statusCode
  }
  const [first, second] = Object.values(sharedKeys).map((secret) => hmac('sha256', secret, text(webhook())))
  t.equal(await said('SK1', 'HMAC_SHA256', first!), 200)
  t.equal(await said('SK2', 'HMAC_SHA256', second!), 200)
  t.equal(await said('SK2', 'HMAC_SHA1', hmac('sha1', 'second secret', text(webhook()))), 200)
  t.equal((await post('/voice', webhook())).statusCode, 200, 'a token without the header')
  t.equal(await said('SK1', 'HMAC_SHA256', second!), 403, 'the key of another id')
  t.equal(
    await said('SK1', 'HMAC_SHA1', hmac('sha1', TOKEN, text(webhook()))),
    403,
    'a token as a shared key',
  )
  t.equal(await said('SK1', 'HMAC_MD5', hmac('md5', 'first secret', text(webhook()))), 403)
  t.equal(await said('SK9', 'HMAC_SHA256', first!), 403)
  t.match(lines.at(-1), { reason: 'shared-key', msg: /signed with the shared key SK9, which/ })
  const body = JSON.stringify(webhook())
  const url = `/voice?bodySHA256=${createHash('sha256').update(body).digest('hex')}`
  const send = (payload: string) =>
    app.inject({
      method: 'POST',
      url,
      payload,
      headers: {
        'content-type': 'application/json',
        [settings]: 'key=SK1,algorithm=HMAC_SHA256',
        'x-twilio-signature': hmac('sha256', 'first secret', BASE + url),
      },
    })
  t.equal((await send(body)).statusCode, 200)
  t.equal((await send(`${body} `)).statusCode, 403)
  t.match(lines.at(-1), { reason: 'body' })
})
