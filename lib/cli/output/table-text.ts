import Table from 'cli-table3';
import type { Colours } from './colours.js';
import { printable } from './printable.js';
import { fit, widthOf } from './text.js';

/** One column of a table. */
export interface TableColumn {
  head: string;
  align?: 'left' | 'right';
  /** Cells may be cut where the terminal is too narrow: names and texts, not numbers. */
  cut?: boolean;
  /** How cells look. */
  style?: (text: string) => string;
}

const GAP = 2;
/** A column that is cut keeps this width. */
const NARROWEST = 8;
const LINES = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
const SIDES = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'];
/** No lines around cells: a table is read, and copied, as text. */
const CHARS = { ...Object.fromEntries([...LINES, ...SIDES].map((name) => [name, ''])), middle: ' '.repeat(GAP) };

/**
 * The text of a table, without a newline at its end. `width`: the columns of the terminal; where the table is wider, the widest of the
 * columns that may be cut are, down to {@link NARROWEST}. Undefined: nothing is cut.
 */
export function tableText(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
  colours: Colours,
): string {
  const texts = rows.map((row) => row.map(printable));
  const natural = columns.map(({ head }, index) => texts.reduce((most, row) => Math.max(most, widthOf(row[index] ?? '')), widthOf(head)));
  const widths = width === undefined ? natural : narrowed(columns, natural, width);
  const table = new Table({
    chars: CHARS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: columns.map(({ align }) => align ?? 'left'),
  });
  table.push(
    columns.map(({ head }, index) => styled(fit(head, widths[index] as number), colours.bold)),
    ...texts.map((row) => columns.map(({ style }, index) => styled(fit(row[index] ?? '', widths[index] as number), style))),
  );
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function styled(text: string, style: ((text: string) => string) | undefined): string {
  return style === undefined || text === '' ? text : style(text);
}

function narrowed(columns: readonly TableColumn[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  const gaps = GAP * (columns.length - 1);
  for (;;) {
    const over = widths.reduce((sum, one) => sum + one, gaps) - width;
    if (over <= 0) return widths;
    const widest = columns.reduce(
      (best, { cut }, index) => (cut === true && (best < 0 || (widths[index] as number) > (widths[best] as number)) ? index : best),
      -1,
    );
    if (widest < 0 || (widths[widest] as number) <= NARROWEST) return widths;
    widths[widest] = (widths[widest] as number) - 1;
  }
}
