import type { Row } from '../base/rows.js';
import type { Decode } from '../compat/codec.js';
import { decodeRows } from '../compat/compat.js';
import type { LoadCheck } from '../schema/load-check.js';
import type { Projection } from '../select/projection.js';
import type { Selection } from '../select/selection.js';

/** The stations of a reading; one that is left out changes nothing. */
interface RowStations {
  /** What to keep of rows that hold more than was asked for. */
  prune?: Projection | undefined;
  /** Rows in another program's form become ours. */
  decode?: Decode | undefined;
  /** `where`, `offset`, `limit`. */
  selection?: Selection | undefined;
  /** `columns`, where rows come with all of theirs. */
  project?: Projection | undefined;
  /** `schema`: begun by whoever has opened the file. */
  check?: LoadCheck | undefined;
}

/**
 * What becomes of the rows of a file on their way to the caller, in every store: pruned, decoded, selected, projected, checked. Rows come
 * to it in order, each once.
 */
export class RowPipeline {
  readonly #stations: RowStations;
  /** Rows given out so far. */
  #given = 0;

  constructor(stations: RowStations) {
    this.#stations = stations;
  }

  /** No later row can be wanted. */
  get done(): boolean {
    return this.#stations.selection?.done === true;
  }

  /** False once a row did not fit the schema: the rows are then only looked at, for what else does not, and `finish` throws. */
  get fits(): boolean {
    return this.#stations.check?.fits !== false;
  }

  /**
   * Takes the rows from `from` to `to`, and puts what is wanted of them from `from` on; resolves with how many that are.
   * `certain`: `where` takes them all as they stand in the file: of rows in another form that says nothing.
   */
  async pass(rows: Row[], from: number, to: number, certain = false): Promise<number> {
    const { prune, decode, selection, project, check } = this.#stations;
    if (prune !== undefined) projectAll(prune, rows, from, to);
    let count = decode === undefined ? to - from : decodeRows(decode, rows, from, to);
    if (selection !== undefined) count = selection.keep(rows, from, from + count, certain && decode === undefined);
    if (project !== undefined) projectAll(project, rows, from, from + count);
    if (check !== undefined) await check.run(rows, from, from + count, this.#given);
    this.#given += count;
    return count;
  }

  /** The same of a whole batch, which is shortened to the rows that are left. */
  async passAll(batch: Row[]): Promise<Row[]> {
    batch.length = await this.pass(batch, 0, batch.length);
    return batch;
  }

  /** To be called after the last row. @throws `ERR_CKPT_SCHEMA` if a row did not fit */
  finish(): void {
    this.#stations.check?.finish();
  }
}

function projectAll(projection: Projection, rows: Row[], from: number, to: number): void {
  for (let at = from; at < to; at++) rows[at] = projection.of(rows[at] as Row);
}
