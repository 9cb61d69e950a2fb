import fc from 'fast-check'
import t from 'tap'
import { plainRecords, quotedRecords } from '../../src/config/compile/csv.js'
import { exactClaims } from '../../src/numbers/number-index.js'
import { cases } from '../harness/cases.js'
import { configOf, decisionOf, HEAD, loadFiles } from '../harness/load-files.js'

t.test('CSV columns are values for templates', async (t) => {
  const config = configOf(
    t,
    `numbersFrom: [numbers.csv, more.csv]
endpoints: { pbx: { uri: "sip:{{extension}}@pbx.example.com", headers: { X-Team: "{{team}}" } } }
routes: [{ name: sales, to: "+15550100001", dial: pbx }]`,
    {
      'numbers.csv':
        '\uFEFFnumber, extension ,route,team\r\n+15550100002,"1,0",sales,a\n\n,,,\n+15550100003,,sales\n',
      'more.csv': ',,\nendpoint,number\npbx,+1555020*\n , \npbx,+15550300001\n,,,\n',
    },
  )
  const values = exactClaims(config.numbers).map(({ values }) => values)
  t.same(values, [undefined, { extension: '1,0', team: 'a' }, { extension: '', team: '' }, {}])
  t.same(decisionOf(config, '+15550200009'), ['pbx'])
})

t.test('a CSV text without quotes is read as csv-parse reads it', async (t) => {
  const pieces = [',', ',', '\n', '\n', '\r\n', '\r', ' ', '\t', '\u00a0', '+1555', 'a b', 'ä', '#', ';']
  const texts = fc.array(fc.constantFrom(...pieces)).map((list) => list.join(''))
  fc.assert(
    fc.property(texts, (text) => {
      t.strictSame([...plainRecords(text)], quotedRecords(text), JSON.stringify(text))
    }),
    { numRuns: cases(500) },
  )
})

t.test('a CSV file is refused with the reason', async (t) => {
  const files: [csv: string, message: RegExp, help: RegExp][] = [
    ['', /first row/, /begin the file/],
    ['nummer,route\n', /first row/, /write number for nummer/],
    ['number\troute\n', /first row/, /commas/],
    ['number,route,number\n', /column "number" appears twice/, /rename/],
    ['a,b\n', /first row/, /begin the file/],
  ]
  for (const [csv, message, help] of files) {
    const { errors } = loadFiles(t, `${HEAD}numbersFrom: numbers.csv`, { 'numbers.csv': csv })
    t.match(errors, [{ code: 'csv-file', message, help, path: [] }], csv)
  }
  const short = loadFiles(t, `${HEAD}numbersFrom: numbers.csv`, { 'numbers.csv': 'route,number\na\n' })
  t.match(short.errors, [{ code: 'csv-row', message: 'the row has no number', found: 'a' }])
})
