/** A block of code on a page. */
export interface Snippet {
  language: string;
  code: string;
  /** The line of the page on which the code begins, from 1 on. */
  line: number;
}

/** What is on a page: the code that readers see, and the code that only the test sees. */
export interface Page {
  name: string;
  snippets: Snippet[];
  /** Hidden code that stands for what a page does not show: `<!-- setup ... -->`. It runs where it stands. */
  setups: Snippet[];
  /** Blocks that are not run, with the reason: `<!-- not run: reason -->`. */
  notRun: { line: number; reason: string }[];
}

const SETUP = '<!-- setup';
const NOT_RUN = /^<!-- not run: (?<reason>.+) -->$/;

/** Reads the blocks of code of a page. Blocks without a language are not code. */
export function readPage(name: string, text: string): Page {
  const page: Page = { name, snippets: [], setups: [], notRun: [] };
  const lines = text.split('\n');
  const until = (at: number, end: string): number => {
    const stop = lines.indexOf(end, at);
    if (stop === -1) throw new Error(`${name}:${at} has no end`);
    return stop;
  };
  let reason: string | undefined;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    if (line.startsWith('```')) {
      const stop = until(at + 1, '```');
      const snippet = { language: line.slice(3), code: lines.slice(at + 1, stop).join('\n'), line: at + 2 };
      if (reason !== undefined) page.notRun.push({ line: at + 1, reason });
      else if (snippet.language !== '') page.snippets.push(snippet);
      at = stop;
      reason = undefined;
    } else if (line === SETUP) {
      const stop = until(at + 1, '-->');
      page.setups.push({ language: 'ts', code: lines.slice(at + 1, stop).join('\n'), line: at + 2 });
      at = stop;
    } else if (line !== '') {
      reason = NOT_RUN.exec(line)?.groups?.['reason'];
    }
  }
  return page;
}

const IMPORT = /^import (?<what>[^;]+) from '(?<from>[^']+)';$/gm;

/**
 * The program of a page: its JavaScript and TypeScript in order, each block inside the one before. So a block sees what those before it
 * declare, and may declare the same names anew. Null for a page without any.
 */
export function programOf({ name, snippets, setups }: Page): string | null {
  const blocks = [...setups, ...snippets.filter(({ language }) => language === 'js' || language === 'ts')].sort((a, b) => a.line - b.line);
  if (blocks.length === 0) return null;
  const imports = new Set<string>();
  const bodies = blocks.map(({ code, line }) => {
    for (const { groups } of code.matchAll(IMPORT)) for (const one of importsOf(groups!['what']!, groups!['from']!)) imports.add(one);
    return `{ // ${name}:${line}\n${code.replaceAll(IMPORT, '')}`;
  });
  return [...imports, ...bodies, '}'.repeat(bodies.length), 'export {};', ''].join('\n');
}

/** `{ a, b }` as an import for each name: two blocks may import the same. */
function importsOf(what: string, from: string): string[] {
  if (!what.startsWith('{')) return [`import ${what} from '${from}';`];
  const names = what
    .slice(1, -1)
    .split(',')
    .map((one) => one.trim());
  return names.filter((one) => one !== '').map((one) => `import { ${one} } from '${from}';`);
}

/** The commands of a block for the shell: all of its lines, or those behind a `$` where it shows output, too. */
export function commandsOf({ language, code }: Snippet): string[] {
  const lines = code.split('\n');
  if (language === 'console') return lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}
