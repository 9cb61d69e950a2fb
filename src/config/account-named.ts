import type { Account, Config } from '../model/config.js'

/** The account that a SID or a name means; default: the first of the config. */
export function accountNamed(
  { accounts }: Pick<Config, 'accounts'>,
  named: string | undefined,
): Account | undefined {
  if (named === undefined) return accounts[0]
  return accounts.find(({ sid, name }) => sid === named || name === named)
}
