import type { Output } from './output.js';
import { tableText, type TableColumn } from './table-text.js';

/** Prints a table, cut to the width of the terminal. */
export async function printTable(output: Output, columns: readonly TableColumn[], rows: readonly (readonly string[])[]): Promise<void> {
  await output.line(tableText(columns, rows, output.width, output.colours));
}
