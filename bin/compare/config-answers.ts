import type { TwimlWriter } from '../../src/actions/twiml-writer.js'
import { ANSWERS, type AnswerPath, answerScreen, calledBy } from '../../src/answer.js'
import { type Call, parseCall } from '../../src/call/call.js'
import type { Config } from '../../src/model/config.js'
import { ALL_UP } from '../../src/model/state.js'
import { parseForm } from '../../src/twilio/form.js'
import { EMPTY_TWIML } from '../../src/xml/document.js'
import { isOwn } from '../play/send.js'

/** The path under `publicUrl` of a page of this config that answers with TwiML; undefined for any other URL. */
export function ownPage(config: Config, url: string): AnswerPath | 'screen' | undefined {
  if (!isOwn(config, url)) return undefined
  const page = new URL(url).pathname.slice(config.publicUrl.path.length + 1)
  return page === 'screen' || Object.hasOwn(ANSWERS, page) ? (page as AnswerPath | 'screen') : undefined
}

/** What a server with this config answers while all endpoints are up. Nothing is sent and nothing is noted. */
export function configAnswer(
  { config, writer }: { readonly config: Config; readonly writer: TwimlWriter },
  page: AnswerPath | 'screen',
  { url, params }: { readonly url: string; readonly params: Readonly<Record<string, string>> },
  now: number,
): string {
  const asked = { params, query: parseForm(new URL(url).search.slice(1)) }
  const { call } = parseCall(params, calledBy(page, asked)) as { call: Call }
  if (page === 'screen') return answerScreen(config, call, asked)?.twiml ?? EMPTY_TWIML
  return writer.write(ANSWERS[page](config, call, asked, now, ALL_UP).steps)
}
