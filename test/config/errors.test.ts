import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { configSource } from '../../bin/config-file.js'
import { loadConfig } from '../../src/config/load.js'
import { ERROR_CODES } from '../../src/errors/codes.js'
import { countErrors, printErrors } from '../../src/errors/print.js'
import { printedFor, readErrorFiles, writeErrorFile } from '../harness/error-file.js'
import { errorPage } from '../harness/error-page.js'

// `npm run errors:update` writes what is printed now into the files, and docs/errors.md again: read the difference.
const UPDATE = process.env.UPDATE === '1'
const PAGE = 'docs/errors.md'

for (const file of readErrorFiles()) {
  t.test(file.name, async (t) => {
    const printed = printedFor(file, t.testdir({}))
    if (UPDATE) writeErrorFile({ ...file, printed })
    else t.equal(printed, file.printed)
  })
}

t.test('every code has an error file that gives it', async (t) => {
  const printed = new Map(readErrorFiles().map((file) => [file.name, file.printed]))
  for (const code of Object.keys(ERROR_CODES)) t.match(printed.get(code), `[${code}]`, code)
})

t.test('every error file gives the code that it is named after', async (t) => {
  for (const { name, printed } of readErrorFiles()) t.match(printed, `[${name.split('.')[0]}]`, name)
})

t.test('every error that is printed has a place and help', async (t) => {
  for (const { name, printed } of readErrorFiles()) {
    for (const block of printed.trim().split('\n\n')) {
      t.match(block, /^[\w./-]+:\d+:\d+ (error|warning)\[[a-z-]+\] .*[^.]\n/, name)
      t.match(block, /\n {2}help {5}\S/, name)
    }
  }
})

t.test('the page of the manual shows every code with its error file', async (t) => {
  const page = errorPage(readErrorFiles())
  if (UPDATE) writeFileSync(PAGE, page)
  else t.equal(page, readFileSync(PAGE, 'utf8'))
})

t.test('a thousand errors print within a second, the first hundred in full', async (t) => {
  const routes = Array.from(
    { length: 1000 },
    (_, at) => `  - { to: "+49301${1000 + at}", dail: sip:pbx@example.com }\n`,
  )
  const folder = t.testdir({
    'dialsip.yaml': `publicUrl: https://example.com\naccounts: []\nroutes:\n${routes.join('')}`,
  })
  const began = performance.now()
  const { errors } = loadConfig(`${folder}/dialsip.yaml`, configSource({}, false))
  const printed = printErrors(errors)
  // ten times what it takes on an idle machine: a walk that grew with the square would take minutes
  t.ok(performance.now() - began < 10_000)
  t.equal(countErrors(errors), '1000 errors, 0 warnings')
  t.equal(printed.split('\n').filter((line) => line.startsWith('  help')).length, 100)
  t.equal(printed.split('\n').filter((line) => line.includes('error[unknown-key]')).length, 101)
  t.equal(printed.split('\n').at(-1), 'error[unknown-key] 900 more')
})
