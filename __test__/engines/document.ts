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

A checkpoint is a Parquet file. This page says what other programs make of it, by trial. \`npm run test:engines\` writes files with every
feature that our files have: all kinds of values, nesting, hidden columns, all codecs, dictionaries, page indexes, bloom filters, NaN, -0,
several row groups, no rows at all. It opens them with the oldest and the newest release below, and compares each value. If a program can
filter, the run also counts rows under some twenty conditions for each column. The counts must equal those of the same program over data
that it cannot skip. \`npm run test:engines -- --write\` writes this page. A run fails if the page says something else.

Hidden columns (names that begin with \`__ckpt_\`) are for arrow-ckpt: leave them out of what you show. FORMAT.md, 3.2, says what they hold.

A column has the name of its key, except for names that some program refuses. The empty key becomes \`_\`, and so does a control
character. If several names differ only in case, all but the first get \`_2\`, \`_3\` and so on.
`;

/** docs/ENGINES.md from a run of all engines. */
export function documentOf(examined: Examined[]): string {
  const engines = [...new Set(examined.map(({ engine }) => engine))];
  const of = (engine: Engine, which: string): Examined => examined.find((one) => one.engine === engine && one.which === which)!;
  const newest = (engine: Engine): Examined => of(engine, 'newest');
  return [
    HEAD,
    '## Which releases\n',
    '"Oldest" is the oldest release that is tried, about two years old. Older releases may work too.\n',
    table(
      ['program', 'oldest', 'newest', 'NaN', '0 and -0'],
      engines.map((engine) => [
        engine.title,
        engine.oldest.version,
        engine.newest.version,
        ...comparisonOf(of(engine, 'oldest'), newest(engine)),
      ]),
    ),
    'The columns "NaN" and "0 and -0" say how conditions compare. "Largest": NaN equals itself and is greater than all other numbers.\n' +
      '"Unordered": NaN equals no number, and is neither greater nor less than any, as in JavaScript.\n',
    '## What they see\n',
    'Types have the names that the newest release gives them. A column that mixes types is JSON text, and is seen as text.\n',
    table(
      ['program', ...Object.values(SHOWN)],
      engines.map((engine) => [engine.title, ...Object.keys(SHOWN).map((name) => code(newest(engine).types[name] ?? '-'))]),
    ),
    '## What to set, and what goes wrong\n',
    'Lines that begin with a release are tried: a run fails when one of them is no longer true.\n',
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
