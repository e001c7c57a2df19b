/** Order of two names by the bytes of their UTF-8, which a VARIANT's fields have. UTF-16 differs where one has a surrogate. */
export function compareNames(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (a !== b) return placeOf(a) - placeOf(b);
  }
  return one.length - other.length;
}

/** Surrogates stand for characters behind all others. */
function placeOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
