import type { Row } from '../suites/suite.ts';

/** One way to save and load rows. `save` returns only when the data is on the disk (fsync); `load` returns row objects. */
export interface Contestant {
  name: string;
  /** How it is used, for the record: the calls and options. */
  about: string;
  /** What the first call should not pay for: loading wasm, opening a connection. Not timed. */
  prepare?(): Promise<void>;
  save(path: string, rows: Row[]): Promise<void>;
  load(path: string): Promise<Row[]>;
}
