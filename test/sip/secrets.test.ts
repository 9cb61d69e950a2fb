import fc from 'fast-check'
import t from 'tap'
import { masker, secretMasker } from '../../src/sip/masker.js'
import { passwordsIn, withoutPassword, withoutPasswords } from '../../src/sip/passwords.js'

t.test('secrets are masked by value and by place', (t) => {
  const mask = secretMasker(['s3cret&pass', 'short'])
  t.equal(mask('s3cret&amp;pass s3cret&pass short shorter'), '*** *** *** shorter')
  t.equal(mask('sip:u@x.org?X-Key=short&X-B=1'), 'sip:u@x.org?X-Key=***&X-B=1')
  t.equal(secretMasker(['sip:{{To}}@pbx.example'])('sip:+1@pbx.example'), 'sip:+1***')
  t.equal(
    mask('<Sip username="u" password="short">sip:u:pw@x.org'),
    '<Sip username="u" password="***">sip:u:***@x.org',
  )
  t.end()
})

t.test('of secrets that overlap nothing is seen, the longest is hidden first', (t) => {
  const stars = masker(['secret', 'secret-token', 'token-of-mine'], (secret) => '*'.repeat(secret.length))
  t.equal(stars('my secret, secret-token.'), `my ${'*'.repeat(6)}, ${'*'.repeat(12)}.`)
  t.equal(stars('a secret-token-of-mine'), `a ${'*'.repeat(20)}`)
  const mask = secretMasker(['secret-token', 'secret'])
  t.equal(mask('secret-token secret-tokens secrets'), '*** ***s ***s')
  t.end()
})

t.test('a short secret is hidden as a word of its own, and in no other', (t) => {
  const mask = masker(['a', 'é1', ''], () => '*')
  t.equal(mask('a cannot reach b, "a" (a) a1 1a äa é1 é1é'), '* cannot reach b, "*" (*) a1 1a äa * é1é')
  t.end()
})

t.test('no text shows a secret, however secrets begin, repeat and overlap', (t) => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 60 })
  const secrets = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 6, maxLength: 9 }))
  fc.assert(
    fc.property(texts, secrets, (text, hidden) => {
      const masked = masker(hidden, (secret) => '*'.repeat(secret.length))(text)
      t.equal(masked.length, text.length)
      t.notOk(hidden.some((secret) => masked.includes(secret)))
      const isFree = !hidden.some((secret) => text.includes(secret))
      t.equal(masked === text, isFree)
    }),
  )
  t.end()
})

t.test('passwords in URIs are hidden by one rule', (t) => {
  const cases: [text: string, shown: string][] = [
    ['sip:joe:pass@x.org', 'sip:joe:***@x.org'],
    ['SIPS:joe:pass@x.org;transport=tls?X-A=b', 'SIPS:joe:***@x.org;transport=tls?X-A=b'],
    ['sip:joe:p@ss?w/rd@x.org', 'sip:joe:***@x.org'],
    ['sip://joe:pass@x.org', 'sip://joe:***@x.org'],
    ['redis://:pass@x.org:6379 rediss://u:pass@y', 'redis://:***@x.org:6379 rediss://u:***@y'],
    ['dial sip:a:b@x|sip:c:d@y, then "sip:e:f@z"', 'dial sip:a:***@x|sip:c:***@y, then "sip:e:***@z"'],
    ['<Sip>sip:a:b@x</Sip>', '<Sip>sip:a:***@x</Sip>'],
    [
      'sip:joe@x.org:5060 sip:x.org:5060 https://x.org:8080/a@b',
      'sip:joe@x.org:5060 sip:x.org:5060 https://x.org:***@b',
    ],
    ['write to joe@x.org: at 10:00', 'write to joe@x.org: at 10:00'],
  ]
  for (const [text, shown] of cases) t.equal(withoutPasswords(text), shown)
  const first = ([text]: [string, string]) => passwordsIn(text)
  t.same(cases.slice(0, 6).flatMap(first), [
    'pass',
    'pass',
    'p@ss?w/rd',
    'pass',
    'pass',
    'pass',
    'b',
    'd',
    'f',
  ])
  t.same(passwordsIn(''), [])
  t.equal(withoutPassword('sip:joe:pass@x.org'), 'sip:joe@x.org')
  t.equal(withoutPassword('sip:joe@x.org'), 'sip:joe@x.org')
  t.end()
})
