/** Numbers from 0 to below `end` that look random and are the same in every run (xorshift32). */
export function random(seed: number): (end: number) => number {
  let state = seed
  return function next(end) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % end
  }
}
