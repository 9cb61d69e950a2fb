import fc from 'fast-check'
import t from 'tap'
import { type Address, parseAddress, parseCaller } from '../src/numbers/address.js'
import { countryOf, national, suggestForm } from '../src/numbers/national.js'
import { buildIndex, exactClaims, lookUp, type Owned, type Owner } from '../src/numbers/number-index.js'
import { type Pattern, parsePattern } from '../src/numbers/pattern.js'
import { buildPatternSet, covers, matches, setCovers } from '../src/numbers/pattern-set.js'
import { unreachableClaims, unreachableRoutes } from '../src/numbers/shadowed-claims.js'
import { cases } from './harness/cases.js'

t.test('patterns', async (t) => {
  const read: [text: string, pattern: object][] = [
    ['+4930123456', { kind: 'exact', number: 4930123456 }],
    ['+12', { kind: 'exact', number: 12 }],
    ['+999999999999999', { kind: 'exact', number: 999999999999999 }],
    ['+4930*', { kind: 'prefix', prefix: '+4930' }],
    ['+*', { kind: 'prefix', prefix: '+' }],
    ['+4930770100..+4930770199', { kind: 'range', from: 4930770100, to: 4930770199 }],
    ['+4930..+4930', { kind: 'range', from: 4930, to: 4930 }],
    ['sip:Alice@ACME.sip.twilio.com', { kind: 'sip', user: 'Alice', host: 'acme.sip.twilio.com' }],
    ['sip:*@acme.sip.us1.twilio.com', { kind: 'sip-prefix', prefix: '', host: 'acme.sip.twilio.com' }],
    ['sip:49*@acme.sip.dublin.twilio.com', { kind: 'sip-prefix', prefix: '49', host: 'acme.sip.twilio.com' }],
    ['sips:%2A97@pbx.example:5061;transport=tls', { kind: 'sip', user: '*97', host: 'pbx.example' }],
    ['sip:%FF@[2001:db8::1]:5060', { kind: 'sip', user: '%FF', host: '[2001:db8::1]' }],
  ]
  for (const [text, pattern] of read) {
    t.strictSame(parsePattern(text), { value: { ...pattern, text }, problems: [] }, text)
  }
})

t.test('a number in another form is an error whose help is E.164', async (t) => {
  const help: [text: string, help: string | undefined][] = [
    ['030 123456', '+4930123456'],
    ['(555) 123-0001', '+15551230001'],
    ['0049 30 123456', '+4930123456'],
    ['+49 (30) 123-456', '+4930123456'],
    ['+49 (0)30 123456', '+4930123456'],
    ['4930123456', '+4930123456'],
    ['+49-30-123456', '+4930123456'],
    ['tel:+4930123456', '+4930123456'],
    ['+1 555 12', '+155512'],
    ['441632960001', '+441632960001'],
    ['12', undefined],
    ['+4', undefined],
    ['+049301', undefined],
    ['+1234567890123456', undefined],
    ['+49 30*', '+4930*'],
    ['0049*', '+49*'],
    ['4930*', '+4930*'],
    ['030*', undefined],
    ['+4930770100..199', '+4930770100..+4930770199'],
    ['030770100..030770199', '+4930770100..+4930770199'],
    ['+4930770199..030 770100', '+4930770100..+4930770199'],
    ['12..34', undefined],
    ['+4930770100-199', '+4930770100..+4930770199'],
    ['+4930770100 \u2013 +4930770199', '+4930770100..+4930770199'],
    ['0049 30 770100-199', '+4930770100199'],
    ['+4930770100...199', '+4930770100..+4930770199'],
    ['+4930123456-0', '+49301234560'],
    ['+49301-99', '+4930199'],
    ['+1-5551230001', '+15551230001'],
    ['4930123456.0', '+4930123456'],
    ['+4930123456.00', '+4930123456'],
    ['4.930123456E+9', '+4930123456'],
    ['4.93012E+9', undefined],
    ['5E+9', undefined],
    ["'+49 30 123456", '+4930123456'],
    ['1234567890123456', undefined],
    ['4912345678901234567', undefined],
    ['+4930770100..12 34', undefined],
  ]
  for (const [text, meant] of help) {
    t.strictSame(errorOf(text), { code: 'number-format', help: meant && `write ${meant}` }, text)
  }
})

t.test('a national number is taken for one of the given countries', async (t) => {
  t.equal(errorOf('0171 1234567', ['GB', 'DE']).help, 'write +441711234567')
  t.equal(errorOf('0171 1234567', ['DE', 'GB']).help, 'write +491711234567')
  t.equal(errorOf('43 30*', ['AT']).help, 'write +4330*')
  t.equal(errorOf('01 5880..5889', ['AT']).help, 'write +4315880..+4315889')
})

t.test('a text that is not a pattern is an error that says what is meant', async (t) => {
  const errors: [text: string, code: string, help: string | undefined][] = [
    ['+4930770199..+4930770100', 'number-range', 'write +4930770100..+4930770199'],
    ['+4930..+49301', 'number-range', undefined],
    ['+4930..+4931..+4932', 'number-range', undefined],
    ['*', 'address-pattern', "write `+*`, or the config's `default`"],
    ['**', 'address-pattern', undefined],
    ['+49*30', 'address-pattern', undefined],
    ['jack', 'address-pattern', undefined],
    ['jack*', 'address-pattern', undefined],
    ['', 'address-pattern', undefined],
    ['anonymous', 'address-pattern', undefined],
    ['Restricted', 'address-pattern', 'write anonymous'],
    ['+266696687', 'address-pattern', 'write anonymous'],
    ['sip:anonymous@pbx.example', 'address-pattern', 'write anonymous'],
    ['alice@pbx.example', 'address-pattern', 'write sip:alice@pbx.example'],
    ['sip:pbx.example', 'address-pattern', 'write sip:*@pbx.example'],
    ['sip:@pbx.example', 'address-pattern', 'write sip:*@pbx.example'],
    ['sip:*97@pbx.example', 'address-pattern', 'write sip:%2A97@pbx.example'],
    ['sip:a b@pbx.example', 'sip-uri', 'write %20'],
    ['sip:*@*.example', 'sip-uri', undefined],
  ]
  for (const [text, code, help] of errors) t.strictSame(errorOf(text), { code, help }, text)
})

t.test('a message says what is wrong and what to write', async (t) => {
  const messages = [
    ['030 123456', '"030 123456" is not in E.164 form; did you mean "+4930123456"?'],
    ['*', '"*" could mean every number or every call; write `+*`, or the config\'s `default`'],
    ['jack', '"jack" is not a number, a prefix, a range or a SIP address'],
  ] as const
  for (const [text, message] of messages) t.equal(parsePattern(text).problems[0]?.message, message)
})

t.test('addresses', async (t) => {
  const read: [text: string, address: object][] = [
    ['+4930123456', { kind: 'number', number: 4930123456 }],
    ['client:joey', { kind: 'client', name: 'joey' }],
    [
      'sip:4930@ACME.sip.us1.twilio.com:5060;transport=udp',
      { kind: 'sip', user: '4930', host: 'acme.sip.twilio.com' },
    ],
    [
      'sips:%2A97@acme.sip.frankfurt-ix.twilio.com',
      { kind: 'sip', user: '*97', host: 'acme.sip.twilio.com' },
    ],
    ['sip:pbx.example.', { kind: 'sip', user: '', host: 'pbx.example' }],
    ['sip:bob@a.sip.sip.twilio.com', { kind: 'sip', user: 'bob', host: 'a.sip.sip.twilio.com' }],
    ['SIP:Anonymous@pbx.example', { kind: 'anonymous' }],
    ['sip:thisuser@anonymous.invalid', { kind: 'anonymous' }],
    ['', { kind: 'anonymous' }],
    ['Anonymous', { kind: 'anonymous' }],
    ['RESTRICTED', { kind: 'anonymous' }],
    ['+7378742833', { kind: 'anonymous' }],
    ['+464', { kind: 'anonymous' }],
    ['+17378742833', { kind: 'number', number: 17378742833 }],
    ['4930123456', { kind: 'other' }],
    ['whatsapp:+4930123456', { kind: 'other' }],
    ['client:', { kind: 'other' }],
    ['sip:', { kind: 'other' }],
  ]
  for (const [text, address] of read) t.strictSame(parseAddress(text), { ...address, text }, text)
})

t.test('a SIP address may have a number', async (t) => {
  const numbers: [user: string, number: number | undefined][] = [
    ['+27821234567', 27821234567],
    ['%2B27821234567', 27821234567],
    ['+27821234567;npdi;rn=+27991234567', 27821234567],
    ['+27-82-123.4567;phone-context=x', 27821234567],
    ['27821234567', undefined],
    ['+', undefined],
    ['+0821', undefined],
  ]
  for (const [user, number] of numbers) {
    const address = parseAddress(`sip:${user}@x.example`)
    t.equal(address.kind === 'sip' ? address.number?.number : 'no SIP address', number, user)
  }
})

t.test('a caller is withheld in every spelling', async (t) => {
  const withheld = ['+266696687', '+1266696687', '+12562533', '+18656696', '+17378742833', '+186282452253']
  const bare = ['266696687', '1266696687', '2562533', '7378742833', '8656696', '', 'Private']
  const users = ['+266696687', '+17378742833', 'unavailable', 'Restricted', '266696687', 'anonymous']
  const withParameters = ['+266696687;npdi;rn=+15550001111', 'anonymous;phone-context=x', '266696687;isub=1']
  const sip = [...users, ...withParameters].map((user) => `sip:${user}@pbx.example;user=phone`)
  for (const text of [...withheld, ...bare, ...sip]) t.equal(parseCaller(text).kind, 'anonymous', text)
  const shown = [
    '+4930123456',
    '464',
    '+1464',
    'sip:@pbx.example',
    'sip:pbx.example',
    'sip:464@pbx.example',
    'client:private',
  ]
  for (const text of shown) t.strictSame(parseCaller(text), parseAddress(text), text)
  t.match(
    parseAddress('sip:private@acme.sip.twilio.com'),
    { kind: 'sip', user: 'private' },
    'one may be called so',
  )
})

t.test('no text makes parseAddress throw', async (t) => {
  const texts = fc.oneof(
    fc.string(),
    fc.string().map((text) => `sip:${text}`),
  )
  fc.assert(fc.property(texts, (text) => parseAddress(text).text === text))
  t.pass()
})

t.test('the most precise claim wins, wherever it is', async (t) => {
  const index = indexOf(
    '+*',
    '+49*',
    '+493077*',
    '+4930770000..+4930779999',
    '+4930770100..+4930770199',
    '+4930770142',
  )
  const wins: [number: string, claim: string, wild: string][] = [
    ['+4930770142', '+4930770142', ''],
    ['+4930770143', '+4930770100..+4930770199', '43'],
    ['+4930770200', '+4930770000..+4930779999', '0200'],
    ['+49307702001', '+493077*', '02001'],
    ['+493077', '+493077*', ''],
    ['+49', '+49*', ''],
    ['+15551230001', '+*', '15551230001'],
  ]
  for (const [number, claim, wild] of wins) t.strictSame(found(index, number), [claim, wild])
})

t.test('of a SIP address the exact user wins, then the longest prefix', async (t) => {
  const index = indexOf('sip:*@a.example', 'sip:49*@a.example', 'sip:4930@A.example', 'sip:4*@b.example')
  const wins: [address: string, claim: string | undefined, wild: string | undefined][] = [
    ['sip:4930@a.example:5061', 'sip:4930@A.example', ''],
    ['sip:4931@a.example', 'sip:49*@a.example', '31'],
    ['sip:alice@a.example', 'sip:*@a.example', 'alice'],
    ['sip:4930@b.example', 'sip:4*@b.example', '930'],
    ['sip:alice@b.example', undefined, undefined],
    ['sip:alice@c.example', undefined, undefined],
    ['client:4930', undefined, undefined],
  ]
  for (const [address, claim, wild] of wins) t.strictSame(found(index, address), [claim, wild], address)
})

t.test('the same pattern twice is a clash, and the first wins', async (t) => {
  const texts = ['+4930', '+49*', '+4930..+4939', 'sip:a@a.example', 'sip:a*@a.example']
  const [first, second, third] = [1, 2, 3].map((owner) => texts.map((text) => claim(text, owner)))
  const { index, clashes } = indexed([...first!, ...second!, ...third!])
  const pairs = [...second!, ...third!].map((later, at) => [first![at % texts.length], later])
  t.same(new Set(clashes), new Set(pairs))
  t.equal(clashes.length, pairs.length)
  for (const text of ['+4930', '+49', '+4931', 'sip:a@a.example', 'sip:ab@a.example']) {
    t.equal(lookUp(index, parseAddress(text))?.claim.route, '1', text)
  }
})

t.test('ranges of the same size that overlap are reported, the winner first', async (t) => {
  const ranges = ['+4930..+4939', '+4935..+4944', '+4944..+4953', '+4910..+4999', '+4954..+4963'].map(
    (text) => claim(text),
  )
  const { index, overlaps } = indexed([...ranges].reverse())
  t.strictSame(overlaps, [
    [ranges[0], ranges[1]],
    [ranges[1], ranges[2]],
  ])
  for (const [at, text] of ['+4937', '+4942', '+4950'].entries())
    t.equal(found(index, text)[0], ranges[at]!.pattern.text)
})

// Patterns that overlap a lot: twelve digits that never change and up to three more, as E.164 allows fifteen.
const STEM = '+123456789012'
const tails = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom('0', '0', '1', '5', '9', '9'), minLength: min, maxLength: max })
const ranges = fc
  .integer({ min: 0, max: 3 })
  .chain((length) => fc.tuple(tails(length, length), tails(length, length)))
  .map((ends) =>
    ends
      .sort()
      .map((tail) => STEM + tail)
      .join('..'),
  )
const users = fc.string({ unit: fc.constantFrom('4', '9', 'a'), minLength: 1, maxLength: 3 })
const sips = fc
  .tuple(users, fc.constantFrom('', '*'), fc.constantFrom('a.example', 'b.example'))
  .map(([user, star, host]) => `sip:${user}${star}@${host}`)
const patterns = fc
  .oneof(
    { weight: 3, arbitrary: tails(0, 3).map((tail) => STEM + tail) },
    { weight: 4, arbitrary: tails(0, 3).map((tail) => `${STEM}${tail}*`) },
    { weight: 5, arbitrary: ranges },
    { weight: 2, arbitrary: sips },
    { weight: 1, arbitrary: fc.constantFrom('+*', '+1*', '+12345..+12345', 'sip:*@a.example') },
  )
  .map(pattern)
const patternLists = fc.array(patterns, { maxLength: 20 })
const claimLists = patternLists.map((list) => list.map((pattern, at) => ({ pattern, owner: at })))
const sets = fc.tuple(patternLists, fc.boolean()).map((parts) => buildPatternSet(...parts))

/** Every address that these patterns differ in. */
const WORLD = [
  ...extended(STEM, '0123456789', 3),
  ...['+12', '+19', '+21', '+12345', '+123456', 'anonymous'],
  ...extended('', '49a', 3).flatMap((user) => sipUris(user, `${user}x`)),
].map(parseAddress)

/** The text itself, and with up to so many of the characters after it. */
function extended(text: string, characters: string, more: number): string[] {
  if (more === 0) return [text]
  return [text, ...[...characters].flatMap((character) => extended(text + character, characters, more - 1))]
}

function sipUris(...users: string[]): string[] {
  return users.flatMap((user) => [`sip:${user}@a.example`, `sip:${user}@b.example`])
}

t.test('lookUp finds what trying every claim finds', async (t) => {
  fc.assert(
    fc.property(claimLists, (claims) => {
      const { index } = indexed(claims)
      return WORLD.every((address) => {
        const match = lookUp(index, address)
        const claim = naive(claims, address)
        return (
          match?.claim.route === (claim && `${claim.owner}`) &&
          match?.claim.pattern.text === claim?.pattern.text &&
          match?.wild === (claim && wildOf(claim.pattern, address))
        )
      })
    }),
  )
  t.pass()
})

t.test('exact numbers are found as in a map', async (t) => {
  const number = fc.oneof(
    fc.integer({ min: 10, max: 99 }),
    fc.integer({ min: 15550001000, max: 15550001999 }),
    fc.integer({ min: 10, max: 10 ** 15 - 1 }),
  )
  const lists = fc.array(fc.tuple(number, fc.nat(2)), { maxLength: 300 })
  fc.assert(
    fc.property(lists, fc.array(number), (list, others) => {
      const claims = list.map(([number, owner]) => ({ pattern: pattern(`+${number}`), owner }))
      const { index } = indexed(claims)
      const map = new Map([...list].reverse().map(([number, owner]) => [`+${number}`, `${owner}`]))
      const firsts = list.filter(([number], at) => list.findIndex(([other]) => other === number) === at)
      return (
        [...list.map(([number]) => number), ...others].every(
          (number) => found(index, `+${number}`)[0] === (map.has(`+${number}`) ? `+${number}` : undefined),
        ) &&
        exactClaims(index).every(({ pattern, route }) => map.get(pattern.text) === route) &&
        exactClaims(index).length === firsts.length
      )
    }),
  )
  t.pass()
})

t.test('an index from a worker finds the same', async (t) => {
  const winner = (index: ReturnType<typeof indexOf>, address: Address) =>
    lookUp(index, address)?.claim.pattern.text
  fc.assert(
    fc.property(claimLists, (claims) => {
      const { index } = indexed(claims)
      const copy = structuredClone(index)
      return WORLD.every((address) => winner(copy, address) === winner(index, address))
    }),
    { numRuns: 20 },
  )
  t.pass()
})

t.test('every claim with a clash or an overlap is reported', async (t) => {
  fc.assert(
    fc.property(claimLists, (claims) => {
      const { clashes, overlaps } = indexed(claims)
      const kept = distinct(claims)
      const reported = new Set(overlaps.flat())
      const overlapping = ({ pattern }: Owned) => kept.some((other) => overlap(pattern, other.pattern))
      return (
        clashes.every(([earlier, later]) => kept.includes(earlier) && !kept.includes(later)) &&
        clashes.length === claims.length - kept.length &&
        kept.every((claim) => reported.has(claim) === overlapping(claim))
      )
    }),
  )
  t.pass()
})

t.test('a set of patterns fits if any of them does, and names it', async (t) => {
  fc.assert(
    fc.property(patternLists, (list) => {
      const set = buildPatternSet(list, false)
      return WORLD.every((address) => {
        const fitting = list.filter((pattern) => fits(pattern, address)).map(({ text }) => text)
        const text = matches(set, address)
        return text === undefined ? fitting.length === 0 : fitting.includes(text)
      })
    }),
  )
  t.equal(matches(buildPatternSet([], true), parseAddress('+266696687')), 'anonymous')
  t.equal(matches(buildPatternSet([pattern('+*')], false), parseAddress('Restricted')), undefined)
})

t.test('a set covers another if it matches all that the other matches', async (t) => {
  fc.assert(
    fc.property(sets, sets, (outer, inner) => {
      const witness = WORLD.find((address) => matches(inner, address) && !matches(outer, address))
      return setCovers(outer, inner) === (witness === undefined)
    }),
    { numRuns: cases(200) },
  )
  t.pass()
})

t.test('a pattern covers another', async (t) => {
  const pairs: [outer: string, inner: string, covers: boolean][] = [
    ['+49*', '+4930*', true],
    ['+4930*', '+49*', false],
    ['+49*', '+4930..+4939', true],
    ['+4930..+4939', '+493*', false],
    ['+123456789012345', '+123456789012345*', true],
    ['+1*', '+*', false],
    ['sip:4*@a.example', 'sip:49*@A.example', true],
    ['sip:4*@a.example', 'sip:49@b.example', false],
    ['+*', 'sip:49@a.example', false],
  ]
  for (const [outer, inner, yes] of pairs)
    t.equal(covers(pattern(outer), pattern(inner)), yes, `${outer} ${inner}`)
})

t.test('patterns together cover what none of them does alone', async (t) => {
  const ends = Array.from({ length: 14 }, (_, zeros) => [
    `+4${'0'.repeat(zeros + 1)}`,
    `+4${'9'.repeat(zeros + 1)}`,
  ])
  const outer = ends.map((pair) => pattern(pair.join('..')))
  const digits = [...'123456789'].map((digit) => pattern(`+${digit}*`))
  const set = (...patterns: Pattern[]) => buildPatternSet(patterns, false)
  t.ok(setCovers(set(...outer), set(pattern('+4*'))))
  t.notOk(setCovers(set(...outer.slice(1)), set(pattern('+4*'))))
  t.notOk(
    setCovers(set(...outer), set(pattern('+4*')), () => false),
    'which may not be looked for',
  )
  t.ok(setCovers(set(...digits), set(pattern('+*'))))
  t.notOk(setCovers(set(...digits.slice(0, 8)), set(pattern('+*'))))
})

t.test('a claim is unreachable if no address finds it', async (t) => {
  fc.assert(
    fc.property(claimLists.map(distinct), (claims) => {
      const { index } = indexed(claims)
      const winners = new Set(WORLD.map((address) => lookUp(index, address)?.claim.route))
      const unreachable = new Set(unreachableClaims(index, claims))
      return claims.every((claim) => unreachable.has(claim) !== winners.has(`${claim.owner}`))
    }),
    { numRuns: cases(200) },
  )
  t.pass()
})

t.test('a route is unreachable if none of its claims can win', async (t) => {
  const claims = [
    claim('+4930..+4931', 0),
    claim('+4930', 1),
    claim('+4931', 2),
    claim('+49310..+49310', 1),
    claim('+49310', 2),
    claim('sip:*@a.example', 3),
  ]
  const { index } = indexed(claims)
  t.strictSame(unreachableRoutes(index, claims, OWNERS), ['0'])
})

t.test('a prefix is unreachable below longer prefixes that take every digit', async (t) => {
  const digits = [...'123456789']
  const below = [
    ...digits.map((digit) => `+4930${digit}*`),
    ...[...'0123456789'].map((digit) => `+49300${digit}*`),
  ]
  const unreachable = (...texts: string[]) => {
    const claims = texts.map((text) => claim(text))
    return unreachableClaims(indexed(claims).index, claims).map(({ pattern }) => pattern.text)
  }
  t.strictSame(unreachable('+4930*', ...below, '+4930', '+49300'), ['+4930*'])
  t.strictSame(unreachable('+4930*', ...below, '+4930'), [])
  t.strictSame(unreachable('+*', ...digits.map((digit) => `+${digit}*`)), ['+*'])
  t.strictSame(unreachable('+*', ...digits.slice(1).map((digit) => `+${digit}*`)), [])
})

t.test('national digits and countries', async (t) => {
  const numbers: [number: string, national: string, country: string | undefined][] = [
    ['+4930123456', '030123456', 'DE'],
    ['+442079460123', '02079460123', 'GB'],
    ['+12125550123', '2125550123', 'US'],
    ['+14165550123', '4165550123', 'CA'],
    ['+18765550123', '8765550123', 'JM'],
    ['+77011234567', '87011234567', 'KZ'],
    ['+80012345678', '12345678', undefined],
    ['+999123', '999123', undefined],
  ]
  for (const [number, digits, country] of numbers) {
    t.strictSame([national(number), countryOf(number)], [digits, country], number)
  }
})

t.test('the form of a number is suggested from how it is dialled', async (t) => {
  t.equal(suggestForm('00 49 30 123456'), '+4930123456')
  t.equal(suggestForm('011 49 30 123456', ['US']), '+4930123456')
  t.equal(suggestForm('861012345678', ['US']), '+861012345678')
  t.equal(suggestForm('7 812', ['US']), undefined)
  t.equal(suggestForm('0049 30 123456 '), '+4930123456')
  t.equal(suggestForm('49 30 123456'), '+4930123456')
  t.equal(suggestForm('jack'), undefined)
})

function pattern(text: string): Pattern {
  const { value, problems } = parsePattern(text)
  if (!value) throw new Error(problems[0]?.message)
  return value
}

/** Without the claims of a pattern that an earlier one has claimed. */
function distinct(claims: readonly Owned[]): Owned[] {
  const texts = claims.map(({ pattern }) => pattern.text)
  return claims.filter(({ pattern }, at) => texts.indexOf(pattern.text) === at)
}

function claim(text: string, owner = 0): Owned {
  return { pattern: pattern(text), owner }
}

/** Owners for claims of all tests; each is called as its place. */
const OWNERS: readonly Owner[] = Array.from({ length: 300 }, (_, at) => ({
  route: `${at}`,
  values: undefined,
}))

function indexed<P extends Owned>(claims: readonly P[]) {
  return buildIndex(claims, OWNERS)
}

function errorOf(text: string, countries?: Parameters<typeof parsePattern>[1]) {
  const { value, problems } = parsePattern(text, countries)
  return value ? {} : { code: problems[0]?.code, help: problems[0]?.help }
}

function indexOf(...texts: string[]) {
  return indexed(texts.map((text) => claim(text))).index
}

/** The pattern that wins and what its `*` stood for. */
function found(index: ReturnType<typeof indexOf>, address: string) {
  const match = lookUp(index, parseAddress(address))
  return [match?.claim.pattern.text, match?.wild]
}

/**
 * The contract in so many words: exact, the smallest range, the longest prefix. Compares texts, not numbers.
 */
function naive(claims: readonly Owned[], address: Address): Owned | undefined {
  const fitting = claims.filter(({ pattern }) => fits(pattern, address))
  return fitting.sort((a, b) => compare(precedence(a.pattern), precedence(b.pattern)))[0]
}

function fits({ kind, text }: Pattern, address: Address): boolean {
  if (address.kind === 'number' && kind === 'range') {
    const [from, to] = text.split('..') as [string, string]
    return address.text.length === from.length && from <= address.text && address.text <= to
  }
  if (!text.includes('*')) return text === address.text
  const [beginning, host] = text.split('*') as [string, string]
  return address.text.startsWith(beginning) && address.text.endsWith(host)
}

function precedence({ kind, text }: Pattern): number[] {
  if (kind === 'range') {
    const [from, to] = text.split('..').map(Number) as [number, number]
    return [1, to - from, from]
  }
  return text.includes('*') ? [2, -text.length] : [0]
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, place) => value !== b[place])
  return at === -1 ? 0 : a[at]! - b[at]!
}

function wildOf({ kind, text }: Pattern, address: Address): string {
  if (kind === 'range') {
    const [from, to] = text.split('..') as [string, string]
    return address.text.slice([...from].findIndex((digit, at) => digit !== to[at]) >>> 0)
  }
  const [beginning, host] = text.split('*')
  return host === undefined ? '' : address.text.slice(beginning!.length, address.text.length - host.length)
}

/** Whether two ranges are the same size and share a number, but are not the same. */
function overlap(a: Pattern, b: Pattern): boolean {
  if (a.kind !== 'range' || b.kind !== 'range') return false
  return a.to - a.from === b.to - b.from && a.from !== b.from && a.from <= b.to && b.from <= a.to
}
