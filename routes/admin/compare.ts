import { finished } from 'node:stream'
import { z } from 'zod'
import { type Operation, type Plain, serve } from './operation.js'
import type { AdminPlugin, ConfigQuestion } from './plugin.js'

/** Bytes of a request: a config of 100,000 routes has about 12 MB. */
const BODY_LIMIT = 16 * 1024 ** 2

/** A comparison that is under way takes seconds. */
const RETRY_S = 5

const text = z.string('one text')

/** The config that a request asks about. */
export const askedConfig = z.strictObject({
  text: text.optional().describe('The main file, as YAML'),
  file: text
    .optional()
    .describe('The path of the main file, absolute or from the folder of the running one; default: that one'),
  files: z
    .record(z.string(), text)
    .optional()
    .describe('Further files by their paths. What is not here is taken from the running config'),
  found: z
    .record(z.string(), z.array(text))
    .optional()
    .describe('The files that a pattern of `include` names, if the running config has no such pattern'),
  disk: z
    .boolean()
    .optional()
    .describe('In the place of all these: the files of the running config as they are on the disk now'),
  short: z
    .boolean()
    .optional()
    .describe('Of long lists only the first, as people read them, and how many more there are. For `diff`'),
  at: text.optional().describe('Look from this time on, ISO 8601; default: now. For `diff`'),
})

const texts = z.array(z.string())
const level = z.enum(['error', 'warning'])
const whereShape = { file: z.string(), line: z.int(), column: z.int(), length: z.int() }

const excerpt = z
  .object({ before: z.string(), marked: z.string(), after: z.string() })
  .describe('The line, cut around what the message speaks of, and without the secrets that were found')

const testsAnswer = z
  .object({
    passed: z.int(),
    failed: z.int(),
    cases: z
      .array(
        z.object({
          title: z.string(),
          passed: z.boolean(),
          place: z.string().optional().describe('`FILE:LINE`; missing in a file of more than a megabyte'),
          call: z.object({ to: z.string(), from: z.string(), at: z.string().optional() }),
          wrong: z.string().optional().describe('Why the case makes no sense for the config'),
          mismatches: z
            .array(z.object({ what: z.string(), expected: z.string(), got: z.string() }))
            .describe('What is not as expected'),
        }),
      )
      .describe('The first hundred; those that failed before the others'),
    coverage: z.object({
      percent: z.number(),
      kinds: z.array(
        z.object({
          kind: z.enum(['routes', 'rules', 'endpoints', 'hops']),
          reached: z.int(),
          all: z.int(),
          missed: texts.describe('The first twenty that no case reaches'),
        }),
      ),
    }),
  })
  .optional()
  .describe('What came of the `tests:` of the config; missing with an error, and where it has none')

const checkAnswer = z
  .object({
    file: z.string(),
    ok: z.boolean(),
    errors: z.int().describe('How many'),
    warnings: z.int().describe('How many'),
    findings: z
      .array(
        z.object({
          level,
          code: z.string().describe('See docs/errors.md'),
          message: z.string(),
          path: z.string().describe('Such as `routes[2].dial`'),
          ...whereShape,
          expected: z.string().optional(),
          found: z.string().optional(),
          help: z.string().optional(),
          see: z.object(whereShape).optional().describe('A second place that the message speaks of'),
          excerpt: excerpt.optional(),
        }),
      )
      .describe('The first hundred'),
    more: z
      .array(z.object({ level, code: z.string(), count: z.int() }))
      .describe('How many further ones, by their code'),
    routes: z.int().optional().describe('How many; missing with an error'),
    endpoints: z.int().optional().describe('How many; missing with an error'),
    tests: testsAnswer,
  })
  .meta({ id: 'Check' })

/** What is wrong with a config, and what came of its tests. */
export type CheckAnswer = Plain<z.output<typeof checkAnswer>>

const configName = z.object({ file: z.string(), revision: z.string() })
const routeNames = z.object({ old: z.string(), new: z.string() }).describe('Empty: none claims the numbers')

const callsThatNotice = z.object({
  if: texts.describe('Conditions that all hold; empty: every caller'),
  times: z
    .object({ zone: z.string(), count: z.int(), first: texts })
    .optional()
    .describe('Missing: at any time'),
})

const example = z.object({
  to: z.string(),
  from: z.string(),
  at: z.string(),
  params: z.record(z.string(), z.string()),
  outcomes: z.array(z.tuple([z.string(), z.number()])).describe('Hops and their SIP codes, in order'),
  old: z.string(),
  new: z.string(),
  explain: z.string().describe('The command that explains it with the new config'),
})

const further = z.int().optional().describe('How many further ones there are; only with `short`')

const diffAnswer = z
  .object({
    old: configName,
    new: configName,
    callsChange: z.boolean().describe('Whether a call is treated differently, or may be'),
    at: z.string(),
    listedUntil: z.string(),
    settings: z.array(z.object({ setting: z.string(), old: z.string(), new: z.string(), means: z.string() })),
    differences: z.array(
      z.object({
        removed: texts,
        moreRemoved: further,
        added: texts,
        moreAdded: further,
        affected: z.array(
          z.object({
            route: routeNames,
            numbers: texts,
            moreNumbers: further,
            calls: z.array(callsThatNotice),
            moreCalls: further,
          }),
        ),
        moreRoutes: further,
        example: example.optional(),
      }),
    ),
    moreDifferences: further,
    unsure: z.array(z.object({ route: routeNames, numbers: texts, moreNumbers: further, why: z.string() })),
    moreUnsure: further,
    notes: texts.describe('What changes without any call noticing'),
    moreNotes: further,
  })
  .meta({ id: 'Diff' })

/** What a config changes for calls. */
export type DiffAnswer = Plain<z.output<typeof diffAnswer>>

const ERRORS = {
  409: 'The running config cannot be read without its environment',
  413: 'More than 16 MB',
  429: 'Another comparison is under way; `Retry-After` says when to ask again',
  503: 'Busy with calls, or there is no memory for it',
  504: 'It takes too long',
}

const body: Operation['body'] = {
  description:
    'A config: whole, only the files that are to change, or those on the disk. `${…}` is not filled in.',
  schema: askedConfig,
  required: true,
  // the thread that answers calls does not even parse it
  isCheckedByHandler: true,
}

const CHECK: Operation = {
  method: 'POST',
  path: '/api/check',
  id: 'checkConfig',
  tag: 'server',
  summary: 'Everything that is wrong with a config, as `dialsip check --format json`, and its own tests',
  body,
  answer: { description: 'Errors and warnings with their places', schema: checkAnswer },
  errors: ERRORS,
}

const DIFF: Operation = {
  method: 'POST',
  path: '/api/diff',
  id: 'diffConfig',
  tag: 'server',
  summary: 'What a config would change for calls, as `dialsip diff --json`',
  body,
  answer: { description: 'The running config compared with it (docs/diff.md)', schema: diffAnswer },
  errors: { ...ERRORS, 422: 'The config has errors: `POST /api/check` lists them' },
}

/** `POST /api/check` and `POST /api/diff`: a config in the body against the one that runs, one request at a time. */
export const compareApi: AdminPlugin = (app, { comparing }, done) => {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
    (_request, sent, parsed) => parsed(null, sent),
  )
  // before the body comes: many of 16 MB would take the memory that calls need
  app.addHook('onRequest', (_request, reply, next) => {
    if (!comparing) return reply.code(503).send({ error: 'this server compares no configs' })
    const release = comparing.take()
    if (!release)
      return reply
        .code(429)
        .header('retry-after', String(RETRY_S))
        .send({ error: `another comparison is under way, try again in ${RETRY_S} seconds` })
    finished(reply.raw, release)
    next()
  })
  answer(CHECK, 'check')
  answer(DIFF, 'diff')
  done()

  function answer(operation: Operation, asks: ConfigQuestion): void {
    serve(app, operation, async ({ request }, reply) => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const { status, body } = await comparing!.answer(
        asks,
        request.body as Uint8Array | undefined,
        gone.signal,
      )
      return reply.code(status).type('application/json').send(body)
    })
  }
}
