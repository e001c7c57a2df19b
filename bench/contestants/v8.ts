import { readFile } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import type { Row } from '../suites/suite.ts';
import type { Contestant } from './contestant.ts';
import { writeDurably } from './sync-file.ts';

export default {
  name: 'v8',
  about: 'v8.serialize -> write -> fsync; readFile -> v8.deserialize',
  async save(path, rows) {
    await writeDurably(path, serialize(rows));
  },
  async load(path) {
    return deserialize(await readFile(path)) as Row[];
  },
} satisfies Contestant;
