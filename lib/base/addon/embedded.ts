/**
 * The binary that a compiled program carries in itself: none. `embedded-bun.cts` stands in for this file where Bun runs or bundles
 * (condition `bun` of `#embedded` in package.json).
 */
export function embeddedBinary(): unknown {
  return undefined;
}
