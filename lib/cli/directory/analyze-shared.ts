import { measureSharing, type MeasuredSharing } from '../../directory/sharing/measure-sharing.js';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { failureOf } from '../failure.js';
import { withProgress } from '../output/progress.js';
import { countText, percentText, sizeText } from '../output/quantities.js';
import { printTable } from '../output/print-table.js';
import type { TableColumn } from '../output/table-text.js';
import { shownAs, type Shown } from './bucket-copy.js';
import { onRewrite } from './rewritten.js';

/** `analyze DIR --shared`: what the checkpoints of a directory would share, by column and by pair. Changes nothing. */
export async function analyzeShared(context: Context, directory: string, place: Shown = shownAs(directory)): Promise<ExitCode> {
  const { output, json, signal } = context;
  const begun = performance.now();
  const { measured, outcomes } = await withProgress(context, (progress) =>
    measureSharing(directory, { signal, onProgress: onRewrite(progress) }),
  );
  const seconds = Math.round(performance.now() - begun) / 1000;
  const failures = outcomes.flatMap(({ error }) => (error === undefined ? [] : [place.told(error)]));
  for (const failure of failures) output.error(failure);
  const before = outcomes.reduce((sum, { bytesBefore }) => sum + bytesBefore, 0);
  const after = outcomes.reduce((sum, { bytesAfter }) => sum + (bytesAfter ?? 0), 0);
  const totals = { bytes: before, bytesAfter: after, sharedBytes: measured.reduce((sum, { sharedBytes }) => sum + sharedBytes, 0) };
  if (json) await output.document({ directory: place.name, seconds, totals, checkpoints: measured, failures: failures.map(failureOf) });
  else await print(context, measured, totals, seconds);
  return failures.length > 0 ? EXIT.findings : EXIT.fine;
}

async function print(
  { output }: Context,
  measured: readonly MeasuredSharing[],
  { bytes, bytesAfter }: { bytes: number; bytesAfter: number },
  seconds: number,
): Promise<void> {
  const saved = `${sizeText(bytes - bytesAfter)} (${percentText(bytes - bytesAfter, bytes)})`;
  await output.line(`Parquet checkpoints: ${sizeText(bytes)}`);
  await output.line(`After dedupe: ${sizeText(bytesAfter)}, ${saved} saved; measured in ${seconds.toFixed(1)} s`);
  const sharing = measured.filter(({ columns }) => columns.length > 0);
  if (sharing.length === 0) return;
  const table = async (columns: TableColumn[], rows: string[][]): Promise<void> => {
    await output.line();
    await printTable(output, columns, rows);
  };
  await table(
    [{ head: 'Step', cut: true }, { head: 'Operation', cut: true }, right('Size'), right('Own'), right('Shared')],
    measured.map(({ step, operation, bytes: size, ownBytes, sharedBytes }) => [
      step,
      operation,
      ...[size, ownBytes, sharedBytes].map(sizeText),
    ]),
  );
  await table(
    [{ head: 'Checkpoint', cut: true }, { head: 'Column', cut: true }, right('Rows shared'), right('Rows own'), right('Shared')],
    sharing.flatMap(({ step, operation, columns }) =>
      columns.map(({ name, sharedRows, ownRows, sharedBytes }) => [
        `${step}/${operation}`,
        name,
        countText(sharedRows),
        countText(ownRows),
        sizeText(sharedBytes),
      ]),
    ),
  );
  await table(
    [{ head: 'Checkpoint', cut: true }, { head: 'With', cut: true }, { head: 'Columns', cut: true }, right('Shared')],
    sharing.flatMap(({ step, operation, with: pairs }) =>
      pairs.map((pair) => [
        `${step}/${operation}`,
        `${pair.step}/${pair.operation}`,
        Object.keys(pair.columns).join(', '),
        sizeText(pair.sharedBytes),
      ]),
    ),
  );
}

function right(head: string): TableColumn {
  return { head, align: 'right' };
}
