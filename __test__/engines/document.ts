import { fileURLToPath } from 'node:url';
import type { Engine } from './catalogue.ts';
import type { Examined } from './examine.ts';

export const DOCUMENT = fileURLToPath(new URL('../../docs/ENGINES.md', import.meta.url));

/** Columns of the file `types`, and what they hold in our words. */
const SHOWN: Record<string, string> = {
  text: 'text',
  int: 'integer',
  double: 'number',
  bool: 'boolean',
  when: 'Date',
  bytes: 'bytes',
  tags: 'list of texts',
  point: 'object',
};

const HEAD = `# Our files in other programs

A checkpoint is a Parquet file. This is what programs make of it, by trying: \`npm run test:engines\` writes files with every feature that ours have (all kinds of values,
nesting, hidden columns, all codecs, dictionaries, page indexes, bloom filters, NaN, -0, several row groups, no rows at all), opens them with the oldest and the newest release
below, and compares each value. Engines that filter count rows under some twenty conditions a column; the counts must be those of the same engine over data that it cannot skip.
This page is written by \`npm run test:engines -- --write\`; a run fails where it says something else.

Hidden columns (names that begin with \`__ckpt_\`) are ours: leave them out of what you show. FORMAT.md, 3.2, says what they hold. A column has the name of its key, but for a few that
no program takes: the empty key is \`_\`, a control character is \`_\`, and of names that differ only in case all but the first get \`_2\`, \`_3\`.
`;

/** docs/ENGINES.md from a run of all engines. */
export function documentOf(examined: Examined[]): string {
  const engines = [...new Set(examined.map(({ engine }) => engine))];
  const of = (engine: Engine, which: string): Examined => examined.find((one) => one.engine === engine && one.which === which)!;
  const newest = (engine: Engine): Examined => of(engine, 'newest');
  return [
    HEAD,
    '## Which releases\n',
    '"Oldest" is the oldest release that is tried, two years back or so; older ones may do as well.\n',
    table(
      ['program', 'oldest', 'newest', 'NaN', '0 and -0'],
      engines.map((engine) => [
        engine.title,
        engine.oldest.version,
        engine.newest.version,
        ...comparisonOf(of(engine, 'oldest'), newest(engine)),
      ]),
    ),
    'NaN and 0: how conditions compare. "Largest": NaN equals itself and is greater than all other numbers. "Unordered": as in JavaScript.\n',
    '## What they see\n',
    'Types as the newest release names them. JSON text, where a column mixes types, is text.\n',
    table(
      ['program', ...Object.values(SHOWN)],
      engines.map((engine) => [engine.title, ...Object.keys(SHOWN).map((name) => code(newest(engine).types[name] ?? '-'))]),
    ),
    '## What to set, and what goes wrong\n',
    'What begins with a release is tried: a run fails when it is no longer so.\n',
    ...engines.flatMap(remarks),
  ].join('\n');
}

function comparisonOf({ comparison: before }: Examined, { comparison: now }: Examined): string[] {
  if (now === undefined) return ['no filters', ''];
  const changed = (old: string | undefined, word: string): string => (old === undefined || old === word ? word : `${old}, then ${word}`);
  return [changed(before?.nan, now.nan), changed(before?.zeros, now.zeros)];
}

function remarks(engine: Engine): string[] {
  const known = engine.known.filter(({ says }) => says !== '').map((one) => `- ${releases(engine, one.in)}${one.says}`);
  const lines = [...engine.set.map((line) => `- ${line}`), ...new Set(known)];
  return lines.length === 0 ? [] : [`### ${engine.title}\n`, ...lines, ''];
}

function releases(engine: Engine, which: 'oldest' | 'newest' | 'both'): string {
  if (which === 'both') return `${engine.oldest.version} to ${engine.newest.version}: `;
  return `${engine[which].version}: `;
}

function code(text: string): string {
  return `\`${text.replaceAll(/\s+/g, ' ')}\``;
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
    .concat('\n');
}
