import { claimFor, forAccount } from '../../src/for-account.js'
import { type ActionList, type Config, isDial } from '../../src/model/config.js'
import { parseAddress } from '../../src/numbers/address.js'
import type { AskedCall } from './questions.js'

/** Whether a call may come to a `split` that draws by its CallSid, so that the next one may ring elsewhere. */
export function isDrawn(config: Config, { params }: AskedCall): boolean {
  const found = claimFor(forAccount(config, params.AccountSid!), parseAddress(params.To!))
  const { rules } = config.routes.get(found?.claim.route ?? '') ?? { rules: [] }
  return [...config.rules, ...rules]
    .map(({ actions }) => actions)
    .concat(config.default)
    .some(drawsIn)
}

function drawsIn({ actions }: ActionList): boolean {
  return actions
    .filter(isDial)
    .some(
      ({ entries, otherwise }) =>
        entries.some((entry) => !('hop' in entry) && entry.by === 'call') ||
        (otherwise !== undefined && drawsIn(otherwise)),
    )
}
