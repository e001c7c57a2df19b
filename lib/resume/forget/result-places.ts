import { damagedLedger } from '../ledger-head.js';

/** Says which row of the input each result of a file is of, by the numbers of results in the file's record of rows. */
export class ResultPlaces {
  readonly #path: string;
  readonly #counts: readonly number[];
  #place = 0;
  /** Results of the row at that place that have come. */
  #come = 0;

  /** `counts`: for each row its number of results. */
  constructor(path: string, counts: readonly number[]) {
    this.#path = path;
    this.#counts = counts;
  }

  /** The place in the record of the row that the next result is of. @throws `ERR_CKPT_CORRUPT` if the record names no further result */
  next(): number {
    this.#passOver();
    if (this.#place >= this.#counts.length) throw damagedLedger(this.#path);
    this.#come++;
    return this.#place;
  }

  /** No further result comes. @throws `ERR_CKPT_CORRUPT` if the record names one */
  end(): void {
    this.#passOver();
    if (this.#place < this.#counts.length) throw damagedLedger(this.#path);
  }

  /** Goes on to a row whose results have not all come. */
  #passOver(): void {
    while (this.#counts[this.#place] === this.#come) {
      this.#place++;
      this.#come = 0;
    }
  }
}
