import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import type { Row } from '../suites/suite.ts';
import type { Contestant } from './contestant.ts';

/** Ours with its defaults; the save includes the fsync of file and folder and the rename. */
export default {
  name: 'arrow-ckpt',
  about: 'writeCheckpoint and readCheckpoint without options (checksums written and checked)',
  async save(path, rows) {
    const { format } = await writeCheckpoint(path, rows);
    if (format !== 'parquet' && !process.env['ARROW_CKPT_FORCE_JSON']) {
      throw new Error('no native binary, so this would measure the JSON store: npm run build:native, or set ARROW_CKPT_FORCE_JSON=1');
    }
  },
  async load(path) {
    return readCheckpoint<Row>(path);
  },
} satisfies Contestant;
