import { createHash } from 'node:crypto'

/**
 * Names by weighted rendezvous hashing (Thaler and Ravishankar 1998; weights after Schindelhauer and Schomaker
 * 2005): the same key gives the same order on every replica and every try, the first places fall in proportion to
 * the weights, and taking a name away moves only the keys for which it stood first.
 */
export function rendezvous<T extends { readonly name: string; readonly weight: number }>(
  key: string,
  choices: readonly T[],
): T[] {
  return choices
    .map((choice) => ({ choice, score: score(key, choice) }))
    .sort((a, b) => b.score - a.score)
    .map(({ choice }) => choice)
}

function score(key: string, { name, weight }: { name: string; weight: number }): number {
  const hash = createHash('sha1').update(`${key}\0${name}`).digest()
  // 48 bits as a fraction strictly between 0 and 1
  const fraction = (hash.readUIntBE(0, 6) + 0.5) / 2 ** 48
  return -weight / Math.log(fraction)
}
