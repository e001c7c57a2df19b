import type { AddCommand } from './add-command.js';
import { bytes, count, duration } from './shared-options.js';

/** The command that asks checkpoints in SQL. */
export function sqlCommand(command: AddCommand): void {
  command(
    'sql <dir> [more...]',
    'Ask the checkpoints of a directory, a file or the URL of either in SQL, by DuckDB: npm install @duckdb/node-api.',
    [
      "arrow-ckpt sql checkpoints 'select model, count(*) as n from process.extract group by model'",
      'arrow-ckpt sql checkpoints                                        # a prompt',
      "arrow-ckpt sql old=runs/1 new=runs/2 'select count(*) from old.process.extract anti join new.process.extract using (id)'",
      "arrow-ckpt sql extract.parquet 'from extract where score < 0.1' --csv > low.csv",
      'arrow-ckpt sql checkpoints --views | duckdb checkpoints.db        # statements for another DuckDB',
    ],
    () => import('./commands/sql.js'),
    'print the answer as one JSON document',
  )
    .option('--csv', 'print the answer as CSV')
    .option('--parquet <file>', 'write the answer as a checkpoint')
    .option('--limit <count>', 'the most rows (default: all; in a table 1000)', count)
    .option('--explain', "print DuckDB's plan for the question instead")
    .option('--views', 'print a statement for each checkpoint that makes a view of it in DuckDB; so without a question, in a pipe')
    .option('--memory <size>', 'the most memory of DuckDB (default: 1GB)', bytes)
    .option('--threads <count>', 'the threads of DuckDB (default: the cores, 4 at most)', count)
    .option('--timeout <time>', 'the most time for a question: 90s, 10m (default: 60s)', duration)
    .addHelpText(
      'after',
      '\nA question is one select, in quotes; - reads it from stdin. Of several directories each has a name, which comes first: NAME=DIR. docs/sql.md.',
    );
}
