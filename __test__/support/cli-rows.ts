import type { ReadOptions, Row } from 'arrow-ckpt';
import { run } from '../../build/lib/cli/run.js';

/** An option of a load as the command line takes it. */
function flags(options: ReadOptions): string[] {
  const { columns, where, unknownColumns, offset, limit, compat } = options;
  return [
    ...(columns === undefined ? [] : ['--columns', JSON.stringify(columns)]),
    ...(where === undefined ? [] : ['--where', JSON.stringify(where)]),
    ...(unknownColumns === undefined ? [] : ['--unknown-columns', unknownColumns]),
    ...(offset === undefined ? [] : [`--offset=${offset}`]),
    ...(limit === undefined ? [] : [`--limit=${limit}`]),
    ...(compat === undefined ? [] : ['--compat', compat]),
  ];
}

/** What one of the two streams of this process is given meanwhile, instead of being written. */
function caught(stream: NodeJS.WriteStream, texts: string[]): () => void {
  const { write } = stream;
  stream.write = ((text: string, done?: (error?: Error) => void) => {
    texts.push(String(text));
    done?.();
    return true;
  }) as typeof stream.write;
  return () => {
    stream.write = write;
  };
}

/** The rows that a command prints, run in this process. Throws an error with the code that it told. */
export async function cliRows(args: readonly string[], options: ReadOptions): Promise<Row[]> {
  const [out, told]: [string[], string[]] = [[], []];
  const ends = [caught(process.stdout, out), caught(process.stderr, told)];
  let code: number;
  try {
    code = await run([...args, ...flags(options)]);
  } finally {
    for (const end of ends) end();
  }
  const text = told.join('');
  if (code !== 0) throw Object.assign(new Error(text), { code: /ERR_CKPT_\w+/.exec(text)?.[0] ?? text });
  if (args[0] === 'inspect') return (JSON.parse(out.join('')) as { sample: Row[] }).sample;
  return args[0] === 'cat'
    ? out
        .join('')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Row)
    : [];
}
