import { mayHaveEscapes } from '../base/value/extended-json.js';
import { parseForeign } from '../base/value/lenient-json.js';
import { restore } from '../base/value/restore.js';

/** What `asJson` puts a text in that DuckDB takes for no JSON. */
const TEXT = /^\{"\$ckpt":"text","v":/;

/** The value of DuckDB's JSON: escapes of ours undone, integers of any size. What only looks like an escape stays as it is. */
export function jsonValue(text: string): unknown {
  if (TEXT.test(text)) {
    const { v } = JSON.parse(text) as { v: unknown };
    if (typeof v === 'string') return jsonValue(v);
  }
  const value = parseForeign(text);
  if (!mayHaveEscapes(text)) return value;
  try {
    return restore(value);
  } catch {
    // Some of it may be changed already.
    return parseForeign(text);
  }
}
