/** Whether a file is a checkpoint by its name. */
export function isCheckpointName(name: string): boolean {
  return /\.(?:parquet|json|jsonl|ndjson)$/.test(name) && !/^\.|_input_hashes\.json$/.test(name);
}
