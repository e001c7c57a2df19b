import { readFileSync, writeFileSync } from 'node:fs';
import { sealFooter } from './footer-seal.ts';

/** A pair in a footer, by its key: what it becomes. */
export type PairEdits = Record<string, { key?: string; value: string }>;

/** A number in Thrift's compact form. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

/** A text as field `1` or `2` of a pair: after the first, both have the header 0x18. */
function field(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(0x18), varint(bytes.length), bytes]);
}

/** Where the text of a field ends whose header is at `at`, and the text. */
function textAt(footer: Buffer, at: number): { text: string; end: number } {
  let [length, factor, next] = [0, 1, at + 1];
  for (;;) {
    const byte = footer[next++] as number;
    length += (byte & 127) * factor;
    factor *= 128;
    if (byte < 128) break;
  }
  return { text: footer.toString('utf8', next, next + length), end: next + length };
}

/** The value of a key in the footer of a checkpoint. */
export function pairIn(path: string, key: string): string {
  const bytes = readFileSync(path);
  return textAt(bytes, bytes.lastIndexOf(field(key)) + field(key).length).text;
}

/** Writes a checkpoint with other pairs in its footer, whose checksum is set anew. */
export function editPairs(path: string, to: string, edits: PairEdits): void {
  const file = readFileSync(path);
  const end = file.length - 8;
  const start = end - file.readUInt32LE(end);
  let footer = file.subarray(start, end);
  for (const [key, edit] of Object.entries(edits)) {
    const at = footer.lastIndexOf(field(key));
    if (at < 0) throw new Error(`no ${key}`);
    const behind = textAt(footer, at + field(key).length).end;
    footer = Buffer.concat([footer.subarray(0, at), field(edit.key ?? key), field(edit.value), footer.subarray(behind)]);
  }
  const tail = Buffer.alloc(8, 'PAR1');
  tail.writeUInt32LE(footer.length);
  tail.write('PAR1', 4);
  writeFileSync(to, sealFooter(Buffer.concat([file.subarray(0, start), footer, tail])));
}
