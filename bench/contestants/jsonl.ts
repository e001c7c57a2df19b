import { open } from 'node:fs/promises';
import type { Row } from '../suites/suite.ts';
import type { Contestant } from './contestant.ts';

/** Rows in a chunk of lines: about 1 MB of flat rows, so that neither calls nor memory dominate. */
const CHUNK_ROWS = 4096;
const READ_BYTES = 1 << 20;
const NEWLINE = 10;

export default {
  name: 'jsonl',
  about: `a line a row in chunks of ${CHUNK_ROWS} rows -> write -> fsync; read 1 MB -> lines -> JSON.parse each`,
  async save(path, rows) {
    const file = await open(path, 'w');
    try {
      for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
        const end = Math.min(rows.length, start + CHUNK_ROWS);
        const lines: string[] = [];
        for (let i = start; i < end; i++) lines.push(JSON.stringify(rows[i]));
        await file.write(`${lines.join('\n')}\n`);
      }
      await file.sync();
    } finally {
      await file.close();
    }
  },
  async load(path) {
    const rows: Row[] = [];
    const file = await open(path, 'r');
    try {
      let rest: Buffer = Buffer.alloc(0);
      const buffer = Buffer.allocUnsafe(READ_BYTES);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, READ_BYTES);
        if (bytesRead === 0) break;
        const block: Buffer = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
        const last = block.lastIndexOf(NEWLINE);
        for (const line of block.toString('utf8', 0, last).split('\n')) if (line !== '') rows.push(JSON.parse(line) as Row);
        rest = block.subarray(last + 1);
      }
      if (rest.length > 0) rows.push(JSON.parse(rest.toString()) as Row);
    } finally {
      await file.close();
    }
    return rows;
  },
} satisfies Contestant;
