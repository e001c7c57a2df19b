import { join } from 'node:path';
import { beginsAsOurs } from '../../formats/text/json/envelope.js';
import { filesOf, placeOf, type FoundFile } from '../../directory/layout.js';
import { decodeName } from '../../directory/names.js';
import { namedEntries } from '../../directory/parts.js';

/*
 * Kura's layout: <directory>/<name>.jsonl or <name>.parquet, in one directory for both.
 *
 * Kura's managers differ in what they make of a name with an extension: `summaries.jsonl` becomes summaries.jsonl, summaries.jsonl.jsonl or
 * summaries.jsonl.parquet. Here the extension is no part of a name, and all of these files are the checkpoint `summaries`.
 *
 * JSON is what is saved where Parquet cannot be. Other JSON files in the directory, Kura's dump of conversations for one, are no
 * checkpoints, and must not be removed as such.
 */

/** What may stand behind a name in calls, and in Kura's files before their own extension. */
const NAME_EXTENSIONS = ['.parquet', '.jsonl', '.json'];
export const JSON_EXTENSION = '.json';

/** The extensions of a manager's files, the one that it writes first. */
export const LINES_EXTENSIONS = ['.jsonl', ...NAME_EXTENSIONS.map((extension) => `${extension}.jsonl`)];
export const PARQUET_EXTENSIONS = ['.parquet', ...NAME_EXTENSIONS.map((extension) => `${extension}.parquet`), JSON_EXTENSION];
const ALL_EXTENSIONS = [...LINES_EXTENSIONS, ...PARQUET_EXTENSIONS];

/** A name without its extensions. A name that is nothing else keeps one. */
export function plainName(name: string): string {
  // Anything may come here; what is no text is refused where the name is encoded.
  if (typeof name !== 'string') return name;
  const extension = NAME_EXTENSIONS.find((end) => name.endsWith(end) && name.length > end.length);
  return extension === undefined ? name : plainName(name.slice(0, -extension.length));
}

/**
 * The path of a checkpoint's files without their extension, whether there are any or not. @throws `ERR_CKPT_INVALID_ARGUMENT` for what is
 * no name
 */
export async function checkpointStem(directory: string, name: string): Promise<string> {
  return join(directory, await placeOf(directory, plainName(name), 'name', ALL_EXTENSIONS));
}

/** The files of a checkpoint that have one of these extensions, the newest first. */
export async function checkpointPaths(stem: string, extensions: readonly string[]): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  for (const file of await filesOf(stem, extensions)) {
    if (!file.path.endsWith(JSON_EXTENSION) || (await beginsAsOurs(file.path))) files.push(file);
  }
  return files;
}

/** The names of the checkpoints that have files with one of these extensions, sorted, with the files. */
export async function listFiles(directory: string, extensions: readonly string[]): Promise<{ name: string; files: FoundFile[] }[]> {
  const { entries } = await namedEntries(directory);
  const names = new Set<string>();
  for (const { entry, component } of entries) {
    const isFile = !entry.isDirectory() && !component.startsWith('.') && extensions.some((end) => component.endsWith(end));
    const plain = plainName(component);
    if (isFile && plain !== component) names.add(decodeName(plain, 'name'));
  }
  const listed: { name: string; files: FoundFile[] }[] = [];
  for (const name of [...names].sort())
    listed.push({ name, files: await checkpointPaths(await checkpointStem(directory, name), extensions) });
  return listed.filter(({ files }) => files.length > 0);
}
