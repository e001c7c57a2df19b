import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCheckpointError } from 'arrow-ckpt';
import { ParquetFile } from '../../lib/formats/parquet/fallback/parquet-file.ts';
import { readKeyValues } from '../../lib/formats/parquet/file-keys.ts';
import { encodeValue } from '../../lib/base/value/extended-json.ts';
import { parquetStore } from '../../lib/formats/parquet/parquet-store.ts';
import { differenceOf } from './exact.ts';
import { STORE_MODES, type StoreModeName } from './store-modes.ts';
import { VALUE_GROUPS, type ValueGroup, type ValueKind } from './value-kinds.ts';

export const VALUES_PATH = fileURLToPath(new URL('../../docs/VALUES.md', import.meta.url));
export const committedTable = (): string => readFileSync(VALUES_PATH, 'utf8');

const HEAD = `# Every kind of value

What becomes of each kind of value in Parquet, JSON and JSONL: it comes back the same, or as this table says, or the save is refused with
\`row\`, \`column\` (the path) and advice, before any file is touched. [types.md](types.md) is the short version.

One result depends on the place. An array with a key of its own is refused, but Parquet saves search for such keys only in the first chunk of
rows and in one array of 32 after it. (They always see the match of a regular expression.) A rare such array in later rows is stored without
the key. JSON and JSONL saves search every array.

\`npx tsx __test__/programs/values-table.ts\` makes this page: it saves and loads each value. A test fails if the page is stale. "Same" means:
the same by \`Object.is\`, the same classes and bytes, the same keys in the same order at every level.

- **Column**: the type of a Parquet column that holds only such values, as \`info.columns\` names it. Other engines see that type. \`json\` is
  text.
- **As text**: how one such value is stored in a column of other values: JSON text in the hidden column beside it (FORMAT.md, 3.2), or in a
  \`json\` column, and in JSON and JSONL files.
`;

/** The table as the code makes it now; `folder` is for the files. */
export async function valuesTable(folder: string): Promise<string> {
  const parts = [HEAD];
  for (const group of VALUE_GROUPS) parts.push(await section(group, folder));
  return `${parts.join('\n')}`;
}

async function section({ title, kinds }: ValueGroup, folder: string): Promise<string> {
  const all = kinds.every((kind) => kind.refused !== undefined);
  const head = all ? ['kind', 'example', 'Parquet', 'JSON', 'JSONL'] : ['kind', 'example', 'column', 'as text', 'Parquet', 'JSON', 'JSONL'];
  const lines = await Promise.all(kinds.map((kind) => line(kind, folder, all)));
  return [`## ${title}\n`, cells(head), cells(head.map(() => '---')), ...lines.map(cells), ''].join('\n');
}

async function line(kind: ValueKind, folder: string, all: boolean): Promise<string[]> {
  const start = [kind.kind, code(kind.example)];
  const results = await Promise.all((['parquet', 'json', 'jsonl'] as const).map((mode) => outcome(kind, mode, folder)));
  if (all) return [...start, ...results];
  return [...start, code(await columnType(kind, folder)), code(textOf(kind)), ...results];
}

/** What comes back, in words; throws for a change that the kind does not declare. */
async function outcome({ kind, make, becomes }: ValueKind, mode: StoreModeName, folder: string): Promise<string> {
  const path = join(folder, `${mode} ${kind.replaceAll('/', '')}`);
  const rows = [{ v: make() }, { v: make() }];
  try {
    await STORE_MODES[mode].save(path, rows, {});
  } catch (error) {
    if (!isCheckpointError(error)) throw error;
    return `refused, \`${error.code}\``;
  }
  const loaded = await STORE_MODES[mode].load(path);
  const difference = differenceOf(loaded, becomes === undefined ? rows : rows.map(() => ({ v: becomes.value })));
  if (difference !== undefined) throw new Error(`a silent change of ${kind} in ${mode}: ${difference}`);
  return becomes === undefined ? 'same' : becomes.note;
}

/** The column's type; `json` too where all of its values are exceptions, and the column itself is empty. */
async function columnType({ make, kind }: ValueKind, folder: string): Promise<string> {
  const path = join(folder, `type ${kind.replaceAll('/', '')}`);
  const { columns } = await parquetStore.write(path, [{ v: make() }, { v: make() }], {});
  const file = await ParquetFile.open(path);
  const { plan } = readKeyValues(file.footer);
  await file.close();
  return plan?.row.f[0]?.v.x === undefined ? short(columns[0]?.type ?? '') : 'json';
}

function textOf({ make }: ValueKind): string {
  return short(encodeValue(make(), { row: 0, path: 'v' }));
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 50)}...` : text;
}

function cells(texts: string[]): string {
  return `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** As code, with what would not show written as an escape. */
function code(text: string): string {
  const shown = text.replace(/[\0-\x1f\u2028\ufeff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return shown.includes('`') ? `\`\` ${shown} \`\`` : `\`${shown}\``;
}
