/** The ending of a key by which the store of a local copy is chosen; empty for any other. */
export function extensionOf(key: string): string {
  return /\.(?:parquet|json|jsonl|ndjson)$/.exec(key)?.[0] ?? '';
}
