/** The part of `bytes` that stands somewhere in `known`, by stretches of so many bytes: what a store of content would keep once. */
export function partKnown(bytes: Buffer, known: Buffer, stretch = 512): number {
  const places = new Map<string, number>();
  for (let at = 0; at + stretch <= known.length; at += stretch) places.set(known.toString('latin1', at, at + stretch), at);
  // A cheap look first: a stretch is made a text only where its first four bytes begin one that is known.
  const heads = new Set([...places.values()].map((at) => known.readUInt32LE(at)));
  let found = 0;
  for (let at = 0; at + stretch <= bytes.length;) {
    if (heads.has(bytes.readUInt32LE(at)) && places.has(bytes.toString('latin1', at, at + stretch))) {
      found += stretch;
      at += stretch;
    } else at++;
  }
  return found / bytes.length;
}
