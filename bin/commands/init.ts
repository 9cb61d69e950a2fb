import { existsSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { visible } from '../../src/errors/visible.js'
import { type FirstAnswers, findingsAt, firstConfig } from '../first-config.js'
import { type Command, complain, type ExitCode, type Io, UsageError } from '../io.js'
import { ownCommand } from '../own-command.js'

/** `dialsip init`: writes a first config. */
export const init: Command = {
  help: `dialsip init [--public-url URL] [--number NUMBER] [--sip-uri URI] [--out FILE]

Asks three things and writes a config that checks clean, for one number and one
SIP URI. It skips what is given as an option; without a terminal give all three.
No account is needed: the config reads it from the environment.

  --public-url URL   what Twilio will call: your host or tunnel, by https, such
                     as https://voice.example.com
  --number NUMBER    your number at Twilio, such as +12025550100
  --sip-uri URI      where its calls ring, such as sip:jack@pbx.example.com
  -o, --out FILE     default: dialsip.yaml; - for stdout
  -f, --force        writes over a file that exists

  dialsip init --public-url https://voice.example.com \\
    --number +12025550100 --sip-uri sip:jack@pbx.example.com
`,
  async run(args, io) {
    const { values } = parseArgs({ args: [...args], options: OPTIONS })
    const given = answersIn(values, io)
    if (values.out !== '-' && !values.force && existsSync(values.out)) throw exists(values.out)
    const answers = isComplete(given) ? given : await askForRest(given, io.stdin!, io)
    if (answers) return write(answers, values, io)
    complain(io, 'nothing is written')
    return 2
  },
}

const OPTIONS = {
  'public-url': { type: 'string' },
  number: { type: 'string' },
  'sip-uri': { type: 'string' },
  out: { type: 'string', short: 'o', default: 'dialsip.yaml' },
  force: { type: 'boolean', short: 'f', default: false },
} as const

type InitFlags = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

interface InitQuestion {
  readonly key: keyof FirstAnswers
  readonly option: 'public-url' | 'number' | 'sip-uri'
  readonly text: string
  /** What an empty answer means. */
  readonly usual?: string
}

const QUESTIONS: readonly InitQuestion[] = [
  {
    key: 'publicUrl',
    option: 'public-url',
    text: 'The public URL that Twilio will call',
    usual: 'https://voice.example.com',
  },
  { key: 'number', option: 'number', text: 'Your number at Twilio, such as +12025550100' },
  { key: 'sipUri', option: 'sip-uri', text: 'Where its calls ring, such as sip:jack@pbx.example.com' },
]

/** The answers that options give. Without a terminal all must be there; everything wrong is said at once. */
function answersIn(values: InitFlags, io: Io): Partial<FirstAnswers> {
  const mistakes: string[] = []
  const answers: { -readonly [K in keyof FirstAnswers]?: string } = {}
  for (const { key, option } of QUESTIONS) {
    const answer = values[option]
    if (answer === undefined) {
      if (!io.stdin?.isTTY) mistakes.push(`--${option} is missing, and there is no terminal to ask at`)
      continue
    }
    const { errors, warnings } = findingsAt(key, answer)
    mistakes.push(...errors.map((error) => `--${option}: ${error}`))
    for (const warning of warnings) complain(io, `--${option}: ${warning}`)
    answers[key] = answer
  }
  if (mistakes.length > 0) throw new UsageError(...mistakes)
  return answers
}

function isComplete(answers: Partial<FirstAnswers>): answers is FirstAnswers {
  return QUESTIONS.every(({ key }) => answers[key] !== undefined)
}

/** Asks for what is not given, each until it is right; undefined when the input ends before. */
async function askForRest(
  given: Partial<FirstAnswers>,
  input: NodeJS.ReadableStream,
  io: Io,
): Promise<FirstAnswers | undefined> {
  const reader = createInterface({ input })
  const lines = reader[Symbol.asyncIterator]()
  const answers: { -readonly [K in keyof FirstAnswers]?: string } = { ...given }
  try {
    for (const question of QUESTIONS.filter(({ key }) => given[key] === undefined)) {
      const answer = await ask(question, lines, io)
      if (answer === undefined) return undefined
      answers[question.key] = answer
    }
    return answers as FirstAnswers
  } finally {
    reader.close()
  }
}

/** Asks until the answer has no error. One with a warning is taken when it is given again. */
async function ask(
  { key, text, usual }: InitQuestion,
  lines: AsyncIterator<string>,
  { stderr }: Io,
): Promise<string | undefined> {
  let warned: string | undefined
  for (;;) {
    stderr.write(`${text}${usual === undefined ? '' : ` [${usual}]`}: `)
    const { value, done } = await lines.next()
    if (done) return undefined
    const answer = String(value).trim() || (usual ?? '')
    const { errors, warnings } = findingsAt(key, answer)
    if (errors.length === 0 && (warnings.length === 0 || warned === answer)) return answer
    for (const line of [...errors, ...warnings]) stderr.write(`  ${visible(line)}\n`)
    if (errors.length === 0) stderr.write('  the same answer again is taken all the same\n')
    warned = answer
  }
}

function write(answers: FirstAnswers, { out, force }: InitFlags, io: Io): ExitCode {
  const text = firstConfig(answers)
  if (out === '-') io.stdout.write(text)
  else writeFile(out, text, force)
  io.stderr.write(nextSteps(answers, out))
  return 0
}

function writeFile(file: string, text: string, force: boolean): void {
  try {
    writeFileSync(file, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`)
  }
}

function exists(file: string): UsageError {
  return new UsageError(`${file} exists; --force writes over it, --out names another file`)
}

function nextSteps({ publicUrl, number }: FirstAnswers, out: string): string {
  const command = ownCommand()
  const file = out === 'dialsip.yaml' ? '' : ` ${out === '-' ? 'FILE' : out}`
  return `${out === '-' ? '' : `${visible(out)} is written. `}What now:

  ${command} try${file} --to ${number}
      a call to your number, played to its end; no account is needed for it

  export TWILIO_ACCOUNT_SID=AC… TWILIO_AUTH_TOKEN=…
  ${command} serve${file}
      answers Twilio; a tunnel or a proxy must lead from publicUrl to port 8080

  ${command} numbers${file} --apply
      sets the number's voice URL to ${publicUrl}/voice, or do that in the
      Twilio Console
`
}
