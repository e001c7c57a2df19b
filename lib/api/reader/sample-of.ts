/**
 * Numbers of `count` of `total` things, ascending: each set is as likely as another (Floyd's algorithm: Bentley and Floyd, Programming
 * Pearls: A Sample of Brilliance, CACM 30, 1987). All of them where there are no more. The same seed gives the same numbers.
 */
export function sampleOf(count: number, total: number, seed: number): number[] {
  if (count >= total) return Array.from({ length: total }, (_, index) => index);
  const random = randomOf(seed);
  const chosen = new Set<number>();
  for (let last = total - count; last < total; last++) {
    const one = Math.floor(random() * (last + 1));
    chosen.add(chosen.has(one) ? last : one);
  }
  return [...chosen].sort((a, b) => a - b);
}

/**
 * Numbers from 0 to 1 in 53 bits: two of SplitMix32's (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014, in
 * 32 bits).
 */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 2 ** 53;
}
