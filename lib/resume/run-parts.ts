import type { RowsSource } from '../base/rows-source.js';
import type { Row } from '../base/rows.js';
import type { ResultCheck } from '../schema/result-check.js';
import type { MakeCaller } from './caller.js';
import type { MapEvent, MapProgress } from './events.js';
import type { FinalSave } from './final-save.js';
import type { Flusher } from './flusher.js';
import type { Known } from './known.js';
import type { CheckedMapOptions, MapFunction } from './map-options.js';
import type { RunControl } from './run-control.js';

/** What a run works with. */
export interface RunParts {
  source: RowsSource;
  fn: MapFunction<Row, Row>;
  options: CheckedMapOptions<Row>;
  known: Known;
  /** Computes the rows in place of calls of `fn`. */
  caller?: MakeCaller | undefined;
  /** Calls a function of the user's. */
  call: <T>(work: () => T) => T;
  /** Of what the function returns. */
  check: ResultCheck | undefined;
  /** Null: nothing is kept. */
  flusher: Flusher | null;
  final: FinalSave | null;
  onEvent: (event: MapEvent) => void;
  /** Nothing can be written here: a call would be paid for nothing. */
  cannotSave?: { error: unknown } | undefined;
  control: RunControl;
  /** The index of a row in the input by its place in the source; undefined: they are the same. */
  indexOf?: ((place: number) => number) | undefined;
  /** Shows the progress. */
  update: ((progress: MapProgress) => void) | undefined;
}
