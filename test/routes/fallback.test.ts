import t from 'tap'
import { configOf } from '../harness/build.js'
import { actionOf } from '../harness/callback-urls.js'
import { replica } from '../harness/replica.js'

// Twilio asks the fallback URL, which may be the /voice of another dialsip, with `ErrorUrl`: the page that failed.

const CONFIG = configOf(`
endpoints:
  a: { uri: "sip:{{To}}@a.example.com" }
  b: { uri: "sip:{{To}}@b.example.com" }
routes:
  - { name: main, to: "+15551230001", dial: [a, b], otherwise: { say: sorry } }
  - { name: again, to: "+15551230002", dial: a, otherwise: { dial: [a, b] } }
  - { name: asked, to: "+15551230003", dial: a, screen: { say: "For {{From}}", accept: "1" } }
  - { name: hands-on, to: "+15551230004", dial: a, referUrl: true, otherwise: { say: sorry } }
  - { name: box, to: "+15551230005", action: box }
actions:
  box: [{ record: true }, { say: thanks }]
`)

/** The page of another dialsip, whose public URL has a path. */
function failed(target: string): Record<string, string> {
  return { ErrorCode: '11200', ErrorUrl: `https://other.example.net/sip${target}#rc=2` }
}

const LOST = { DialCallStatus: 'failed', DialSipResponseCode: '503' }

t.test('a chain goes on where another dialsip failed', async (t) => {
  const { post, lines, service } = replica(CONFIG)
  const action = actionOf(await post('/voice'))
  const twiml = await post('/voice', { ...LOST, ...failed(action) })
  t.equal(twiml, await replica(CONFIG).post(action, LOST), 'as the page itself answers')
  t.match(twiml, '@b.example.com')
  t.match(lines.at(-1), { route: 'main', hop: 'b' })
  t.match(service.book.find('CA00000000000000000000000000000001')?.hops, [
    { hop: 'a', outcome: 'serverError' },
    { hop: 'b' },
  ])
})

t.test('without an outcome nobody is rung twice', async (t) => {
  const { post, lines, service } = replica(CONFIG)
  const action = actionOf(await post('/voice'))
  t.match(await post('/voice', failed(action)), '<Say>sorry</Say>')
  t.match(
    lines.find(({ msg }) => String(msg).includes('is not known')),
    { route: 'main' },
  )
  t.equal(service.health.standing('a', service.now()), 'up')
  const again = actionOf(await post('/voice', { To: '+15551230002' }))
  const rung = await post('/voice', { To: '+15551230002', ...failed(again) })
  t.match(rung, '@b.example.com')
  t.notMatch(rung, '@a.example.com')
  t.match(await post('/voice', { CallStatus: 'completed', ...failed(action) }), '<Response><Hangup/>')
})

t.test('any other page is answered as a call that comes in', async (t) => {
  const { post } = replica(CONFIG)
  const plain = await post('/voice')
  const pages = [
    '/voice',
    '/dialed',
    '/dialed?hop=a',
    '/screen?x=1',
    '/refer',
    '/recorded?step=1',
    '/outbound',
    '/status?dial=a&hop=a',
    '/dialed?dial=%ff&hop=a',
    '/toString?dial=main&hop=a',
  ]
  for (const page of pages) t.equal(await post('/voice', failed(page)), plain, page)
  t.equal(await post('/voice', { ErrorUrl: 'nonsense', ErrorCode: '11100' }), plain)
})

t.test('a screen, a recording and a REFER go on as well', async (t) => {
  const { post } = replica(CONFIG)
  const asked = await post('/voice', { To: '+15551230003' })
  const screen = /url="https:\/\/voice\.example\.com([^"]*)"/.exec(asked)![1]!.replaceAll('&amp;', '&')
  t.match(await post('/voice', failed(screen)), /<Gather [^>]*action="[^"]*\/screen\?/)
  t.match(await post('/voice', { ...failed(`${screen}/`), Digits: '2' }), '<Hangup/>')
  const recorded = actionOf(await post('/voice', { To: '+15551230005' }))
  t.match(await post('/voice', failed(recorded)), '<Say>thanks</Say>')
  const call = { To: '+15551230004' }
  const refer = actionOf(await post('/voice', call)).replace('/dialed?', '/refer?')
  const target = { ReferTransferTarget: '<sip:+15551230001@pbx.example.com>' }
  t.match(await post('/voice', { ...call, ...target, ...failed(refer) }), 'sip:+15551230001@a.example.com')
  t.match(await post('/voice', { ...call, ...failed(refer) }), '<Say>sorry</Say>')
  t.match(await post('/voice', failed('/outbound?route=box')), '<Record ')
})
