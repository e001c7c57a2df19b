/** What maps are made of: a fifth of the package, loaded by the first. Their options are checked without it. */
export function maps(): Promise<typeof import('./map-parts.js')> {
  return import('./map-parts.js');
}
