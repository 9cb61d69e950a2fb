import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { surroundings } from '../bin/config-file.js'
import { loadConfig } from '../src/config/load.js'
import { FAULTS } from '../src/fault/codes.js'
import { countFaults, printFaults } from '../src/fault/print.js'
import { printedFor, readFaultFiles, writeFaultFile } from './fault-file.js'
import { faultPage } from './fault-page.js'

// `npm run faults:update` writes what is printed now into the files, and docs/faults.md anew: read the difference.
const UPDATE = process.env.UPDATE === '1'
const PAGE = 'docs/faults.md'

for (const file of readFaultFiles()) {
  t.test(file.name, async (t) => {
    const printed = printedFor(file, t.testdir({}))
    if (UPDATE) writeFaultFile({ ...file, printed })
    else t.equal(printed, file.printed)
  })
}

t.test('every code has a fault file that gives it', async (t) => {
  const printed = new Map(readFaultFiles().map((file) => [file.name, file.printed]))
  for (const code of Object.keys(FAULTS)) t.match(printed.get(code), `[${code}]`, code)
})

t.test('every fault file gives the code that it is named after', async (t) => {
  for (const { name, printed } of readFaultFiles()) t.match(printed, `[${name.split('.')[0]}]`, name)
})

t.test('every fault that is printed has a place and a cure', async (t) => {
  for (const { name, printed } of readFaultFiles()) {
    for (const block of printed.trim().split('\n\n')) {
      t.match(block, /^[\w./-]+:\d+:\d+ (fault|warning)\[[a-z-]+\] .*[^.]\n/, name)
      t.match(block, /\n {2}cure {5}\S/, name)
    }
  }
})

t.test('the page of the manual shows every code with its fault file', async (t) => {
  const page = faultPage(readFaultFiles())
  if (UPDATE) writeFileSync(PAGE, page)
  else t.equal(page, readFileSync(PAGE, 'utf8'))
})

t.test('a thousand faults print within a second, the first hundred in full', async (t) => {
  const routes = Array.from(
    { length: 1000 },
    (_, at) => `  - { to: "+49301${1000 + at}", dail: sip:pbx@example.com }\n`,
  )
  const folder = t.testdir({
    'dialsip.yaml': `publicUrl: https://example.com\naccounts: []\nroutes:\n${routes.join('')}`,
  })
  const began = performance.now()
  const { faults } = loadConfig(`${folder}/dialsip.yaml`, surroundings({}, false))
  const printed = printFaults(faults)
  // ten times what it takes on an idle machine: a walk that grew with the square would take minutes
  t.ok(performance.now() - began < 10_000)
  t.equal(countFaults(faults), '1000 faults, 0 warnings')
  t.equal(printed.split('\n').filter((line) => line.startsWith('  cure')).length, 100)
  t.equal(printed.split('\n').filter((line) => line.includes('fault[unknown-key]')).length, 1000)
})
