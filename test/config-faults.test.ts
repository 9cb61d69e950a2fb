import t from 'tap'
import { FAULTS } from '../src/fault/codes.js'
import { printedFor, readFaultFiles, writeFaultFile } from './fault-file.js'

// `npm run faults:update` writes what is printed now into the files, and docs/faults.md anew: read the difference.
const UPDATE = process.env.UPDATE === '1'

for (const file of readFaultFiles()) {
  t.test(file.name, async (t) => {
    const printed = printedFor(file, t.testdir({}))
    if (UPDATE) writeFaultFile({ ...file, printed })
    else t.equal(printed, file.printed)
  })
}

t.test('every code has a fault file that gives it', async (t) => {
  for (const code of Object.keys(FAULTS)) {
    const file = readFaultFiles().find(({ name }) => name === code)
    t.match(file?.printed, `[${code}]`, code)
  }
})

t.test('every further fault file gives the code that it is named after', async (t) => {
  for (const { name, printed } of readFaultFiles()) t.match(printed, `[${name.split('.')[0]}]`, name)
})
