import { CheckpointManager } from '../../api/checkpoint-manager.js';
import { invalid } from '../../base/messages.js';
import { materializeFile } from '../../directory/sharing/materialize.js';
import type { MaterializeOptions } from '../../directory/sharing/sharing-options.js';
import { storeOf } from '../../formats/choose.js';
import { checkPath, type CheckpointInfo } from '../../options/options.js';
import type { CommonOptions, Context, Run } from '../context.js';
import { isFolder } from '../directory/folder.js';
import { EXIT } from '../exit-codes.js';
import { withProgress } from '../output/progress.js';
import { plural, sizeText } from '../output/quantities.js';
import { printable } from '../output/printable.js';

/** Options of `materialize`. */
interface MaterializeFlags extends CommonOptions {
  to?: string;
}

/** What the work is on. */
interface Work {
  before: CheckpointInfo | null;
  materialize(options: MaterializeOptions): Promise<CheckpointInfo>;
}

/** `materialize DIR STEP OPERATION`, `materialize FILE`: makes a whole file of a thin one. */
export const run: Run<MaterializeFlags> = async (context, [path = '', step, operation], { to }) => {
  if (to !== undefined) checkPath(to);
  const { before, materialize } = await workOf(path, step, operation);
  const info = await withProgress(context, (progress) => {
    const onProgress: MaterializeOptions['onProgress'] = ({ rows, totalRows }) =>
      progress.update({ what: path, done: rows, total: totalRows, unit: 'rows' });
    return materialize({ signal: context.signal, onProgress, ...(to !== undefined && { to }) });
  });
  const { columns: _, ...facts } = info;
  const status = before !== null && before.delta !== null ? 'materialized' : to === undefined ? 'already' : 'copied';
  if (context.json) await context.output.document({ source: before?.path ?? path, status, bytesBefore: before?.bytes ?? null, ...facts });
  else await print(context, status, before, info);
  return EXIT.fine;
};

async function workOf(path: string, step: string | undefined, operation: string | undefined): Promise<Work> {
  if (await isFolder(path)) {
    if (step === undefined || operation === undefined) throw invalid(`${path} is a directory: name the step and the operation, too`);
    const manager = new CheckpointManager(path, { logger: false });
    const before = await manager.getCheckpointInfo(step, operation);
    return { before, materialize: (options) => manager.materialize(step, operation, options) };
  }
  if (step !== undefined) throw invalid(`${path} is a file: step and operation are for a directory`);
  return { before: await (await storeOf(path)).info(path), materialize: (options) => materializeFile(path, options) };
}

async function print({ output }: Context, status: string, before: CheckpointInfo | null, info: CheckpointInfo): Promise<void> {
  const name = printable(info.path);
  if (status === 'already') return output.line(`${output.colours.green('✓')} Whole already: ${name}`);
  const sizes = before === null ? sizeText(info.bytes) : `${sizeText(before.bytes)} → ${sizeText(info.bytes)}`;
  const said = status === 'copied' ? 'Copied, it was whole' : 'Materialized';
  await output.line(`${output.colours.green('✓')} ${said}: ${name}, ${plural(info.rows, 'row')}, ${sizes}`);
}
