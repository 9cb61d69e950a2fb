import fc from 'fast-check'
import t from 'tap'
import {
  fillTemplate,
  hasHoles,
  mapLiterals,
  parseTemplate,
  type Template,
  templateText,
} from '../src/template/template.js'

const NAMES = ['To', 'To.digits', 'wild', 'SipHeader_X-Route-Id']
const known = (name: string) => NAMES.includes(name)
const read = (text: string) => parseTemplate(text, known, NAMES)
const upperCase = (value: string) => value.toUpperCase()

t.test('a text is literals and holes', async (t) => {
  const texts: [string, Template][] = [
    ['', ['']],
    ['sales', ['sales']],
    ['{{To}}', [{ name: 'To' }]],
    ['{{ To }}', [{ name: 'To' }]],
    ['{{To}}{{wild}}', [{ name: 'To' }, { name: 'wild' }]],
    ['a {{To.digits}} b', ['a ', { name: 'To.digits' }, ' b']],
    ['{{SipHeader_X-Route-Id}}!', [{ name: 'SipHeader_X-Route-Id' }, '!']],
    ['{ }} {', ['{ }} {']],
  ]
  for (const [text, template] of texts) t.same(read(text), { value: template, problems: [] }, text)
})

t.test('an unclosed or empty hole is an error', async (t) => {
  const texts = [
    ['{{', '{{'],
    ['sip:{{To@example.com', '{{To@example.com'],
    ['{{To}', '{{To}'],
    ['{{To {{wild}}', '{{To '],
    ['{{}}', '{{}}'],
    ['{{ }}', '{{}}'],
  ] as const
  for (const [text, found] of texts) {
    const { value, problems } = read(text)
    t.equal(value, undefined, text)
    t.match(problems, [{ code: 'template-syntax', expected: '{{To}}', found }], text)
  }
})

t.test('an unknown name is an error with a guess', async (t) => {
  t.match(read('{{to}}').problems, [
    {
      code: 'template-name',
      message: /called "to"; did you mean "To"\?$/,
      found: '{{to}}',
      help: 'write {{To}}',
    },
  ])
  t.match(read('{{{To}}}').problems, [{ code: 'template-name', help: 'write {{To}}' }])
  t.notOk(read('{{elephant}}').problems[0]?.help)
  t.notOk(parseTemplate('{{to}}', known).problems[0]?.help)
})

t.test('every error of a template is reported', async (t) => {
  const { problems } = read('{{tO}} {{}} {{wilt}} {{')
  t.same(
    problems.map(({ code }) => code),
    ['template-name', 'template-syntax', 'template-name', 'template-syntax'],
  )
})

t.test('values are escaped and literals are not', async (t) => {
  const template: Template = ['a', { name: 'x' }, 'b', { name: 'y' }]
  t.equal(
    fillTemplate(template, (name) => `<${name}>`, upperCase),
    'a<X>b<Y>',
  )
  t.equal(
    fillTemplate(['a'], () => 'x', upperCase),
    'a',
  )
})

t.test('a template knows whether it has holes', async (t) => {
  t.notOk(hasHoles(['sales']))
  t.ok(hasHoles(['sales-', { name: 'To' }]))
})

t.test('only the literals of a template are mapped', async (t) => {
  t.same(mapLiterals(['a', { name: 'x' }], upperCase), ['A', { name: 'x' }])
})

t.test('a template is read back from its own text', async (t) => {
  const hole = fc.constantFrom(...NAMES).map((name) => ({ name }))
  const literal = fc.string().filter((text) => !text.includes('{'))
  fc.assert(
    fc.property(fc.array(fc.oneof(hole, literal), { minLength: 1 }), (template) => {
      const text = templateText(template)
      return read(text).value !== undefined && templateText(read(text).value!) === text
    }),
  )
  t.pass()
})
