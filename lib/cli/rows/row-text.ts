import type { Row } from '../../base/rows.js';
import { textOf } from '../../base/value/extended-json.js';
import { JsonTree } from '../../base/value/json-tree.js';

/**
 * Rows as JSON for people and programs: what JSON has no form for is an escape object, so that nothing is lost (FORMAT.md, section 4). A
 * row of plain JSON values is exactly the text of `JSON.stringify`.
 */
export class RowText {
  readonly #tree = new JsonTree();

  /** A line of JSON Lines, without its end. */
  line(row: Row, index: number): string {
    return textOf(this.#tree, row, { row: index, path: '' });
  }

  /** Any value of a row as one line. */
  text(value: unknown): string {
    return textOf(this.#tree, value, { row: 0, path: '' });
  }

  /** Any value of a row as one that `JSON.stringify` keeps, for a document. */
  value(value: unknown): unknown {
    return this.#tree.of(value, { row: 0, path: '' });
  }
}
