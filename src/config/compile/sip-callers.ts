import { hopsIn } from '../../dial/hops-in.js'
import type { Problem } from '../../errors/problem.js'
import type { ActionList, DialAction, Hop, Route } from '../../model/config.js'
import type { Context } from './build-context.js'
import type { RouteClaims } from './claims.js'

/**
 * Warns of calls from a SIP domain to the telephone network without a caller id: Twilio refuses the To and From of
 * a SIP call there, and takes only a number that you own or have verified (TwiML <Dial>, `callerId`).
 */
export function checkSipCallers(
  routes: ReadonlyMap<string, Route>,
  { claims, owners }: RouteClaims,
  { withoutCallerId, report }: Context,
): void {
  if (withoutCallerId.size === 0) return
  const names = new Set(
    claims.filter(({ pattern }) => /^sip/.test(pattern.kind)).map(({ owner }) => owners[owner]!.route),
  )
  const hops = [...names].flatMap((name) => routes.get(name)!.rules.flatMap(({ actions }) => hopsOf(actions)))
  for (const hop of hops) {
    const origin = withoutCallerId.get(hop)
    const number = hop.endpoints.find((endpoint) => endpoint.number)?.number
    if (origin && number) report.add(refused(number), origin)
  }
}

/** Every hop that a list leads to, those of `otherwise` included. */
function hopsOf({ actions }: ActionList): Hop[] {
  const dials = actions.filter((action): action is DialAction => action.verb === 'dial')
  return dials.flatMap(({ steps, otherwise }) => [...hopsIn(steps), ...(otherwise ? hopsOf(otherwise) : [])])
}

function refused(number: string): Problem {
  return {
    code: 'caller-id-missing',
    message: `callers from a SIP domain cannot reach ${number}: Twilio takes no To or From of a SIP call as the caller id there`,
    expected: 'callerId with a number that you own or have verified',
    found: number,
    help: 'add callerId beside the number, or under defaults',
  }
}
