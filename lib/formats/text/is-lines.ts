/** Whether a name is that of a file of JSON lines. */
export function isLines(path: string): boolean {
  return path.endsWith('.jsonl') || path.endsWith('.ndjson');
}
