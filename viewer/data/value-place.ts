import type { ValuePath } from '../../lib/cli/view/wire.js';
import type { Asked } from './api.js';

/** Where a value is: its row, and the path in it. The parts that an answer left out are asked for with it. */
export interface ValuePlace {
  /** The question about the row; null where no server is there to ask, as in a report. */
  asked: Asked | null;
  path: ValuePath;
}
