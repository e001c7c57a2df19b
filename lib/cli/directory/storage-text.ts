import { together, type Savings, type StorageEntry, type StorageTotals } from './storage.js';
import type { Colours } from '../output/colours.js';
import type { Output } from '../output/output.js';
import { printTable } from '../output/print-table.js';
import { percentText, plural, sizeText } from '../output/quantities.js';
import type { TableColumn } from '../output/table-text.js';

const LINE = '━'.repeat(40);

/** The Storage Summary of a directory: DocETL's three lines, and below them what they do not count. */
export function storageSummary(
  { jsonBytes, arrowBytes, both, notMigrated, arrowOnly, estimated }: StorageTotals,
  colours: Colours,
): string {
  const isAll = notMigrated.count + arrowOnly.count === 0;
  const of = isAll ? '' : `, of ${plural(both.count, 'checkpoint')} in both formats`;
  const lines = [
    colours.bold('Storage Summary'),
    LINE,
    `Total JSON size: ${sizeText(jsonBytes)}`,
    `Total Arrow size: ${sizeText(arrowBytes)}`,
    `Total savings: ${both.count === 0 ? 'not known, as no checkpoint is there in both formats' : `${savedText(both)}${of}`}`,
  ];
  if (notMigrated.count > 0) {
    const how = estimated === null ? '; --estimate measures what it would save' : '';
    lines.push(`Not migrated: ${plural(notMigrated.count, 'checkpoint')}, ${sizeText(notMigrated.jsonBytes)} of JSON${how}`);
  }
  if (arrowOnly.count > 0) lines.push(`Arrow only: ${plural(arrowOnly.count, 'checkpoint')}, ${sizeText(arrowOnly.arrowBytes)}`);
  if (estimated !== null) {
    lines.push('', `Estimated Arrow size of what is not migrated: ${sizeText(estimated.arrowBytes)}`);
    lines.push(`Estimated savings: ${savedText(estimated)}`);
    if (both.count > 0) lines.push(`Savings with those estimated: ${savedText(together([both, estimated]))}`);
  }
  return lines.join('\n');
}

/** Prints a line for each step and operation; the batches of an operation are one. `~` marks a measured estimate. */
export async function printStorage(output: Output, entries: readonly StorageEntry[]): Promise<void> {
  const columns: TableColumn[] = [
    { head: 'Step', cut: true },
    { head: 'Operation', cut: true },
    { head: 'JSON size', align: 'right' },
    { head: 'Arrow size', align: 'right' },
    { head: 'Savings', align: 'right' },
    { head: 'Savings %', align: 'right' },
  ];
  await printTable(output, columns, groupsOf(entries).map(cellsOf));
}

interface Group {
  step: string;
  operation: string;
  entries: StorageEntry[];
}

function groupsOf(entries: readonly StorageEntry[]): Group[] {
  const groups = new Map<string, Group>();
  for (const entry of entries) {
    const { step, operation, batch } = entry;
    const key = JSON.stringify([step, operation]);
    const group = groups.get(key) ?? { step: batch === null ? (step ?? '') : 'batches', operation, entries: [] };
    group.entries.push(entry);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function cellsOf({ step, operation, entries }: Group): string[] {
  const isBatches = entries[0]?.batch !== null;
  const json = bytesOf(entries, ({ jsonBytes }) => jsonBytes);
  const arrow = bytesOf(entries, ({ arrowBytes, estimatedArrowBytes }) => arrowBytes ?? estimatedArrowBytes);
  const known = entries.filter(
    ({ jsonBytes, arrowBytes, estimatedArrowBytes }) => jsonBytes !== null && (arrowBytes ?? estimatedArrowBytes) !== null,
  );
  const [before, after] = [
    bytesOf(known, ({ jsonBytes }) => jsonBytes) ?? 0,
    bytesOf(known, ({ arrowBytes, estimatedArrowBytes }) => arrowBytes ?? estimatedArrowBytes) ?? 0,
  ];
  const mark = entries.some(({ estimatedArrowBytes }) => estimatedArrowBytes !== null) ? '~' : '';
  return [
    step,
    isBatches ? `${operation} (${plural(entries.length, 'batch', 'batches')})` : operation,
    json === null ? '-' : sizeText(json),
    arrow === null ? '-' : `${mark}${sizeText(arrow)}`,
    known.length === 0 ? '-' : `${mark}${sizeText(before - after)}`,
    known.length === 0 ? '-' : `${mark}${percentText(before - after, before)}`,
  ];
}

/** The sum of what is known; null where nothing is. */
function bytesOf(entries: readonly StorageEntry[], of: (entry: StorageEntry) => number | null): number | null {
  const known = entries.map(of).filter((bytes) => bytes !== null);
  return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0);
}

function savedText({ savedBytes, jsonBytes }: Savings): string {
  return `${sizeText(savedBytes)} (${percentText(savedBytes, jsonBytes)})`;
}
