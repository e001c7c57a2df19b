import { invalid } from '../../base/messages.js';
import { checkFilePath } from '../../options/options.js';
import type { CommonOptions, Run } from '../context.js';
import { needDirectory } from '../directory/folder.js';
import { EXIT } from '../exit-codes.js';
import { commitTo } from '../output/commit-to.js';
import { withProgress } from '../output/progress.js';
import { plural, sizeText } from '../output/quantities.js';
import { namesOf } from '../rows/selection-options.js';
import { gatherReport } from '../view/gather-report.js';
import type { ReportData } from '../view/report-data.js';

/** Options of `report`. */
interface ReportOptions extends CommonOptions {
  out: string;
  since?: string;
  key?: readonly string[];
  rows: number;
  /** `--no-values` makes it false. */
  values: boolean;
}

/** `report DIR`: one page of HTML that tells what a directory holds, and what has changed since another. */
export const run: Run<ReportOptions> = async (context, [directory = ''], { out, since, key, rows, values }) => {
  const { output, json, signal } = context;
  const target = checkFilePath(out);
  if (key !== undefined && since === undefined) throw invalid('--key matches rows with those of --since, which is not given');
  await needDirectory(directory);
  if (since !== undefined) await needDirectory(since);
  const data = await withProgress(context, (progress) =>
    gatherReport({
      directory,
      since,
      key: key?.flatMap(namesOf),
      rows,
      hasValues: values,
      signal,
      onProgress: (what, done, total) => progress.update({ what, done, total, unit: 'files' }),
    }),
  );
  const html = Buffer.from((await renderer())(data));
  await commitTo(target, signal, (handle) => handle.writeFile(html));
  const damaged = data.entries.filter(({ trouble }) => trouble !== null);
  for (const { trouble } of damaged) output.note(`${trouble?.message} [${trouble?.code}]`);
  const told = { path: target, bytes: html.length, checkpoints: data.place.entries.length, damaged: damaged.length };
  if (json) await output.document(told);
  else await output.line(`${output.colours.green('✓')} ${target}: ${plural(told.checkpoints, 'checkpoint')}, ${sizeText(told.bytes)}`);
  return damaged.length > 0 ? EXIT.findings : EXIT.fine;
};

/** The page's own components make the HTML. They are bundled apart: nothing else of the program is written in JSX. */
async function renderer(): Promise<(data: ReportData) => string> {
  const url = new URL('./viewer/report.js', import.meta.url).href;
  const { renderReport } = (await import(url)) as { renderReport: (data: ReportData) => string };
  return renderReport;
}
