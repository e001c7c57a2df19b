import { readFile } from 'node:fs/promises';
import type { Row } from '../suites/suite.ts';
import type { Contestant } from './contestant.ts';
import { writeDurably } from './sync-file.ts';

/** The baseline, in the fastest of the forms that Node offers (whole buffers, asynchronous file calls). */
export default {
  name: 'json',
  about: 'JSON.stringify -> Buffer -> write -> fsync; readFile -> JSON.parse',
  async save(path, rows) {
    await writeDurably(path, Buffer.from(JSON.stringify(rows)));
  },
  async load(path) {
    return JSON.parse((await readFile(path)).toString()) as Row[];
  },
} satisfies Contestant;
