import { nodeCrypto } from '../../../base/node-modules.js';
import type { CheckpointError } from '../../../base/errors.js';
import { mayRound, parseForeign } from '../../../base/value/lenient-json.js';
import { firstOddByte, isObject, restoreRows, utf8Text } from '../json/row-text.js';
import { isSpace, type FileWindow } from '../json/window.js';
import { show } from '../../../base/messages.js';
import type { Row } from '../../../base/rows.js';
import { brokenLine, notARow, notLines, notUtf8 } from './damage.js';
import { eachLine, isBlank, nextLines, type Lines } from './lines.js';

/** How much is read line by line at a time: what Python wrote may take ten times as long as JSON. */
const SLOW_BYTES = 1 << 16;

/** How a {@link LineReader} reads. */
interface LineReaderOptions {
  /** The rows may hold escape objects: the file is ours. Else it may be Python's. */
  escapes: boolean;
  /** Lines before the window. */
  line: number;
}

/**
 * Reads rows from lines, in groups of about half a megabyte. The window must stand at the beginning of a line. Blank lines are passed.
 *
 * Many lines are parsed at once, as the elements of one array: a call of `JSON.parse` for each takes a tenth longer. The line ends become
 * `,n,` for a number that no file can know. So lines that are rows only together (`{"a":[1` and `2]}`) cannot pass: a number is then
 * missing between the rows. What does not come out so is read line by line.
 */
export class LineReader {
  /** Rows so far. */
  rows = 0;
  /** Why there is nothing behind them. */
  #failure: CheckpointError | undefined;
  #line: number;
  /** Where in the file the lines end that could not be read together. */
  #apart = 0;
  readonly #window: FileWindow;
  readonly #escapes: boolean;
  readonly #seam = `,${nodeCrypto().randomInt(1e8, 1e9)},`;

  constructor(window: FileWindow, { escapes, line }: LineReaderOptions) {
    this.#window = window;
    this.#escapes = escapes;
    this.#line = line;
  }

  /** The next rows; undefined after the last. @throws for a line that is no row, after the rows before it were given */
  async next(): Promise<Row[] | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const lines = await nextLines(this.#window);
      if (lines === undefined) return undefined;
      const { base } = this.#window;
      const isApart = base + lines.from < this.#apart;
      let rows = isApart ? undefined : this.#together(lines);
      if (rows === undefined && !isApart) this.#apart = base + lines.to;
      rows ??= this.#oneByOne(lines);
      this.rows += rows.length;
      if (rows.length > 0) return rows;
    }
  }

  /** The rows of lines that are nothing else. */
  #together({ from, to, isOpen }: Lines): Row[] | undefined {
    const text = utf8Text(this.#window.bytes.subarray(from, to), this.#window.path);
    if (text === undefined || (!this.#escapes && mayRound(text))) return undefined;
    const array = text.replaceAll('\n', this.#seam);
    const seams = (array.length - text.length) / (this.#seam.length - 1);
    const rows = parsedRows(array, seams, Number(this.#seam.slice(1, -1)));
    if (rows === undefined) return undefined;
    if (this.#escapes) restoreRows(rows, text, this.#window.path, this.rows);
    this.#line += isOpen ? seams : seams + 1;
    return rows;
  }

  /** The rows of some of the lines, up to one that is none, which becomes the failure. The others are next. */
  #oneByOne(lines: Lines): Row[] {
    const window = this.#window;
    const rows: Row[] = [];
    for (const line of eachLine(window.bytes, lines)) {
      if (line.from - lines.from > SLOW_BYTES) {
        window.start = line.from;
        break;
      }
      this.#line++;
      if (isBlank(window.bytes, line)) continue;
      const row = this.#row(line, this.rows + rows.length);
      if (row === undefined) break;
      rows.push(row);
    }
    return rows;
  }

  #row(line: Lines, index: number): Row | undefined {
    const place = { line: this.#line, row: index };
    const bytes = this.#window.bytes.subarray(line.from, line.to);
    const text = utf8Text(bytes, this.#window.path);
    let value: unknown;
    try {
      value = parsed(text ?? bytes.toString(), this.#escapes);
    } catch (cause) {
      this.#failure = index === 0 && !mayBeRow(bytes) ? notLines(this.#window) : brokenLine(this.#window, line, place, cause);
      return undefined;
    }
    if (text === undefined) this.#failure = notUtf8(this.#window, line.from + firstOddByte(bytes), place);
    else if (!isObject(value)) this.#failure = index === 0 ? notLines(this.#window) : notARow(this.#window, show(value), place);
    if (this.#failure !== undefined) return undefined;
    const rows = [value as Row];
    if (this.#escapes) restoreRows(rows, text as string, this.#window.path, index);
    return rows[0];
  }
}

/** Whether a line begins as a row does, or is what a file system leaves of one after a power cut. */
export function mayBeRow(line: Buffer): boolean {
  const first = line.find((byte) => !isSpace(byte));
  return first === 0x7b || first === 0;
}

function parsed(text: string, ours: boolean): unknown {
  return ours ? JSON.parse(text) : parseForeign(text);
}

/** The rows of an array that has `seam` between each two. */
function parsedRows(array: string, seams: number, seam: number): Row[] | undefined {
  let elements: unknown[];
  try {
    elements = JSON.parse(`[${array}]`) as unknown[];
  } catch {
    return undefined;
  }
  if (elements.length !== 2 * seams + 1) return undefined;
  const rows: Row[] = Array(seams + 1);
  for (let index = 0; index <= seams; index++) {
    const row = elements[2 * index];
    if (!isObject(row) || (index > 0 && elements[2 * index - 1] !== seam)) return undefined;
    rows[index] = row;
  }
  return rows;
}
