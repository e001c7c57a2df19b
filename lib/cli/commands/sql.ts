import { text as textOf } from 'node:stream/consumers';
import { CheckpointError } from '../../base/errors.js';
import { invalid } from '../../base/messages.js';
import type { Row } from '../../base/rows.js';
import { openSql } from '../../sql/open-sql.js';
import type { SqlDatabase } from '../../sql/sql-types.js';
import type { CommonOptions, Context, Run } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { printAnswer, writeAnswer } from '../sql/print-answer.js';
import { printViews } from '../sql/print-views.js';
import { sqlArguments } from '../sql/sql-arguments.js';

/** Options of `sql`. */
interface SqlCommandOptions extends CommonOptions {
  csv?: boolean;
  parquet?: string;
  limit?: number;
  explain?: boolean;
  views?: boolean;
  memory?: number;
  threads?: number;
  timeout?: number;
}

/**
 * `sql DIR [NAME=DIR ...] [QUERY]`: prints the answer to a question; asks for questions in a terminal if there is none; else prints
 * statements that make views for DuckDB.
 */
export const run: Run<SqlCommandOptions> = async (context, args, options) => {
  const { source, query } = sqlArguments(args);
  const { csv = false, parquet, limit, explain = false, views = false, memory, threads, timeout } = options;
  const formats = Object.entries({ '--json': context.json, '--csv': csv, '--parquet': parquet !== undefined, '--explain': explain });
  const given = formats.filter(([, isGiven]) => isGiven).map(([name]) => name);
  if (given.length > 1 && !(given.length === 2 && given.includes('--json') && given.includes('--parquet')))
    throw invalid(`${given.join(' and ')} say different things; give one of them`);
  if (explain && limit !== undefined) throw invalid('--explain shows no rows, of which --limit could say how many');
  const isTerminal = process.stdin.isTTY === true && context.output.isTerminal;
  if (views || (query === undefined && !isTerminal)) {
    if (query !== undefined || typeof source !== 'string') throw invalid('--views is of one directory, without a question');
    refuseWithout(
      ['--csv', '--parquet', '--explain'].filter((name) => given.includes(name)),
      { limit, memory, threads, timeout },
    );
    return printViews(context, source);
  }
  const db = await openSql(source, {
    ...(memory !== undefined && { memory }),
    ...(threads !== undefined && { threads }),
    ...(timeout !== undefined && { timeout }),
  });
  try {
    if (query === undefined) {
      if (given.length > 0) throw invalid(`${given[0]} needs a question`);
      const { prompt } = await import('../sql/prompt.js');
      await prompt(context, db, limit);
    } else await answer(context, db, query === '-' ? await textOf(process.stdin) : query, { csv, parquet, limit, explain });
    return EXIT.fine;
  } finally {
    await db.close();
  }
};

/** Options that would say nothing. @throws `ERR_CKPT_INVALID_OPTION` */
function refuseWithout(formats: readonly string[], others: Readonly<Record<string, number | undefined>>): void {
  const numbers = Object.keys(others).filter((name) => others[name] !== undefined);
  const [first] = [...formats, ...numbers.map((name) => `--${name}`)];
  if (first !== undefined) throw invalid(`${first} needs a question`);
}

async function answer(
  { output, json, signal }: Context,
  db: SqlDatabase,
  question: string,
  { csv, parquet, limit, explain }: { csv: boolean; parquet: string | undefined; limit: number | undefined; explain: boolean },
): Promise<void> {
  if (explain) return output.write(`${await db.explain(question, [], { signal })}\n`);
  if (parquet !== undefined && !parquet.endsWith('.parquet'))
    throw new CheckpointError(
      'ERR_CKPT_INVALID_ARGUMENT',
      `--parquet writes Parquet, and ${parquet} is not named so; end it with .parquet`,
    );
  const found = await db.ask<Row>(question, [], { signal });
  if (parquet === undefined) return printAnswer(output, found, json ? 'json' : csv ? 'csv' : 'table', limit);
  const written = await writeAnswer(output, found, parquet, limit, signal);
  if (json) await output.document({ columns: found.columns, output: { path: parquet, format: 'parquet', ...written } });
}
