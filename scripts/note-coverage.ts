import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'

// What each process and thread of the tests begins with, by NODE_OPTIONS: it notes which parts of dist ran. Node's own
// NODE_V8_COVERAGE does so as well, but reads the source map of each file, and writes megabytes about what is not ours.

const folder = process.env.COVERAGE_FOLDER
const own = new URL('..', import.meta.url).href

if (folder) {
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  // whether a part ran at all: with the counts, hardly any two processes would be equal
  session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true })
  // a process number comes twice: as that of a thread, and in a container
  process.on('exit', () => write(session, `${folder}/${randomUUID()}.json`))
}

/** The inspector answers at once, in the same turn. */
function write(session: Session, file: string): void {
  session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
    writeFileSync(file, JSON.stringify(result.filter(({ url }) => url.startsWith(own))))
  })
}
