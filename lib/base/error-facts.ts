/** The stable code of a CheckpointError. docs/errors.md says what each means and what to do. */
export type CheckpointErrorCode =
  | 'ERR_CKPT_INVALID_ARGUMENT'
  | 'ERR_CKPT_UNKNOWN_OPTION'
  | 'ERR_CKPT_INVALID_OPTION'
  | 'ERR_CKPT_UNKNOWN_CODEC'
  | 'ERR_CKPT_UNKNOWN_COLUMN'
  | 'ERR_CKPT_ROWS_NOT_ITERABLE'
  | 'ERR_CKPT_CLOSED'
  | 'ERR_CKPT_ROW_NOT_OBJECT'
  | 'ERR_CKPT_UNSUPPORTED_VALUE'
  | 'ERR_CKPT_TOO_DEEP'
  | 'ERR_CKPT_SCHEMA'
  | 'ERR_CKPT_ARROW'
  | 'ERR_CKPT_NOT_COMPATIBLE'
  | 'ERR_CKPT_MISSING_KEY'
  | 'ERR_CKPT_DUPLICATE_KEY'
  | 'ERR_CKPT_ROW_FAILED'
  | 'ERR_CKPT_TIMEOUT'
  | 'ERR_CKPT_STOPPED'
  | 'ERR_CKPT_BUDGET'
  | 'ERR_CKPT_BATCH_RESULT'
  | 'ERR_CKPT_JOB_FAILED'
  | 'ERR_CKPT_JOB_ANSWER'
  | 'ERR_CKPT_JOB_UNKNOWN'
  | 'ERR_CKPT_NOT_FOUND'
  | 'ERR_CKPT_NOT_A_FILE'
  | 'ERR_CKPT_NOT_A_CHECKPOINT'
  | 'ERR_CKPT_TRUNCATED'
  | 'ERR_CKPT_CORRUPT'
  | 'ERR_CKPT_UNSUPPORTED_FILE'
  | 'ERR_CKPT_BASE'
  | 'ERR_CKPT_PARTS_DIFFER'
  | 'ERR_CKPT_LIMIT'
  | 'ERR_CKPT_CHANGED'
  | 'ERR_CKPT_PERMISSION'
  | 'ERR_CKPT_READ_ONLY'
  | 'ERR_CKPT_NO_SPACE'
  | 'ERR_CKPT_LOCKED'
  | 'ERR_CKPT_WORKERS_DIFFER'
  | 'ERR_CKPT_IO'
  | 'ERR_CKPT_NETWORK'
  | 'ERR_CKPT_UNKNOWN_OUTCOME'
  | 'ERR_CKPT_CONDITION'
  | 'ERR_CKPT_CREDENTIALS'
  | 'ERR_CKPT_CLOCK'
  | 'ERR_CKPT_NO_BUCKET'
  | 'ERR_CKPT_KEY'
  | 'ERR_CKPT_REDIRECT'
  | 'ERR_CKPT_BUCKET_ANSWER'
  | 'ERR_CKPT_NOT_CONDITIONAL'
  | 'ERR_CKPT_NOT_FOR_BUCKETS'
  | 'ERR_CKPT_NO_SQL'
  | 'ERR_CKPT_SQL'
  | 'ERR_CKPT_SQL_LIMIT'
  | 'ERR_CKPT_SQL_REFUSED'
  | 'ERR_CKPT_FORMAT_VERSION'
  | 'ERR_CKPT_INTERNAL';

/** What an error is about. docs/errors.md has a section for each. */
type ErrorClass = 'call' | 'rows' | 'map' | 'file' | 'system' | 'bucket' | 'sql' | 'package';

/**
 * Whether something else is tried when this error ends a call of a manager.
 *
 * - `never`: the error is thrown at once. It would be the same anywhere.
 * - `manager`: MultiCheckpointManager tries its next manager.
 * - `file`: the same, and CheckpointManager tries the checkpoint's file of the other format.
 */
type Failover = 'never' | 'manager' | 'file';

/** How the command line ends: names of its exit codes. */
type ErrorExit = 'findings' | 'usage' | 'io' | 'bug';

/** All that is known of an error code. */
interface ErrorFacts {
  class: ErrorClass;
  /** What has happened, as a sentence. */
  meaning: string;
  /** What to do about it, as a sentence. */
  advice: string;
  exit: ErrorExit;
  failover: Failover;
  /** Nobody can use the file, not even another version of this package: a sweep may remove it, if it is a batch. */
  isBroken?: true;
}

/**
 * Every error code of this package. Made from it: the list of codes, the exit codes of the command line, what managers try next,
 * docs/errors.md.
 */
export const ERROR_FACTS: Readonly<Record<CheckpointErrorCode, ErrorFacts>> = {
  ERR_CKPT_INVALID_ARGUMENT: {
    class: 'call',
    meaning: 'An argument is of the wrong kind: a path that is not a string, an empty step name.',
    advice: 'Correct the call.',
    exit: 'usage',
    failover: 'never',
  },
  ERR_CKPT_UNKNOWN_OPTION: {
    class: 'call',
    meaning: 'The options have a key that this call does not know.',
    advice: 'Check the spelling; the message lists the known options.',
    exit: 'usage',
    failover: 'never',
  },
  ERR_CKPT_INVALID_OPTION: {
    class: 'call',
    meaning: 'An option has a value outside its range.',
    advice: 'The message names the range.',
    exit: 'usage',
    failover: 'never',
  },
  ERR_CKPT_UNKNOWN_CODEC: {
    class: 'call',
    meaning: 'There is no compression codec of this name.',
    advice: 'The message lists the codecs.',
    exit: 'usage',
    failover: 'never',
  },
  ERR_CKPT_UNKNOWN_COLUMN: {
    class: 'call',
    meaning: 'The call names a column that the checkpoint does not have.',
    advice: 'The message lists the columns that it has.',
    exit: 'usage',
    failover: 'never',
  },
  ERR_CKPT_ROWS_NOT_ITERABLE: {
    class: 'call',
    meaning: '`rows` is neither an iterable nor an async iterable.',
    advice: 'Pass an array, a generator or a stream of objects.',
    // The command line makes the rows itself.
    exit: 'bug',
    failover: 'never',
  },
  ERR_CKPT_CLOSED: {
    class: 'call',
    meaning: 'A reader or a writer was used after it was closed.',
    advice: 'Open the checkpoint again.',
    exit: 'bug',
    failover: 'manager',
  },
  ERR_CKPT_ROW_NOT_OBJECT: {
    class: 'rows',
    meaning: 'A row is not a plain object. `row` is its index.',
    advice: 'Wrap it: `{ value }`.',
    exit: 'findings',
    failover: 'never',
  },
  ERR_CKPT_UNSUPPORTED_VALUE: {
    class: 'rows',
    meaning:
      'A row holds a value that no checkpoint can keep: a function, a symbol, a class instance, a Map, a Set, a cycle, an array hole.',
    advice: 'Convert the value; the message names the row, the path and a replacement.',
    exit: 'findings',
    failover: 'never',
  },
  ERR_CKPT_TOO_DEEP: {
    class: 'rows',
    meaning: 'A value is nested in more than 256 objects and arrays.',
    advice: 'Flatten it, or store that part as a JSON string.',
    exit: 'findings',
    failover: 'never',
  },
  ERR_CKPT_SCHEMA: {
    class: 'rows',
    meaning: 'Rows do not fit the `schema` of a save, a load or a `map`. `violations` has the first 20, `count` is the number of all.',
    advice: 'Correct the rows or the schema.',
    exit: 'findings',
    failover: 'never',
  },
  ERR_CKPT_ARROW: {
    class: 'rows',
    meaning: 'Arrow batches cannot be had of this checkpoint, or those that were given cannot be read or stored.',
    advice: 'The message says which, and what to do. docs/arrow.md lists the types.',
    exit: 'bug',
    failover: 'never',
  },
  ERR_CKPT_NOT_COMPATIBLE: {
    class: 'rows',
    meaning: 'The program that `compat` names could not read a row back.',
    advice: 'Change the row, or save without `compat`; the message names row, column and reason.',
    exit: 'findings',
    failover: 'manager',
  },
  ERR_CKPT_MISSING_KEY: {
    class: 'map',
    meaning: 'A row of a `map` has no key, or one that cannot be a key. `row` is its index.',
    advice: 'Choose a key that every row has.',
    exit: 'findings',
    failover: 'manager',
  },
  ERR_CKPT_DUPLICATE_KEY: {
    class: 'map',
    meaning: 'Two rows of a `map` have the same key. `row` is the index of the second.',
    advice: 'Choose a key that no two rows share.',
    exit: 'findings',
    failover: 'manager',
  },
  ERR_CKPT_ROW_FAILED: {
    class: 'map',
    meaning:
      'The function of a `map` failed for a row, after all retries. `cause` is what the function threw, or what is wrong with the rows that it returned.',
    advice: 'Mend the cause and call again: finished rows are kept.',
    exit: 'findings',
    failover: 'manager',
  },
  ERR_CKPT_TIMEOUT: {
    class: 'map',
    meaning: 'The function of a `map` took longer for a row than `timeout`. It is the `cause` of `ERR_CKPT_ROW_FAILED`.',
    advice: 'Raise `timeout` or `retries`.',
    exit: 'findings',
    failover: 'manager',
  },
  ERR_CKPT_STOPPED: {
    class: 'map',
    meaning: 'A `map` was asked to end, by `stop` or a signal, before all rows were done. `done` and `left` are numbers of rows.',
    advice: 'Call it again to go on: finished rows are kept.',
    exit: 'findings',
    failover: 'never',
  },
  ERR_CKPT_BUDGET: {
    class: 'map',
    meaning: 'The `budget` of a `map` allows no further call, and rows are left.',
    advice: 'Finished rows are kept: call it again with a larger budget to go on.',
    exit: 'findings',
    failover: 'never',
  },
  ERR_CKPT_BATCH_RESULT: {
    class: 'map',
    meaning:
      'The function of a `mapBatches` did not return an array with an entry for each of its rows. It fails the call, and is the `cause` where a row fails because of it.',
    advice: 'Return one entry for each row, in their order: a row, an array of rows, null for none, or an Error.',
    exit: 'findings',
    failover: 'manager',
  },
  ERR_CKPT_JOB_FAILED: {
    class: 'map',
    meaning:
      'A job of `mapJobs` has failed, has expired or was cancelled, or has no result for a row. It is the `cause` of `ERR_CKPT_ROW_FAILED`.',
    advice: 'Look at the job at the provider, and call again: its other rows are kept.',
    exit: 'findings',
    failover: 'manager',
  },
  ERR_CKPT_JOB_ANSWER: {
    class: 'map',
    meaning:
      'A function of the provider of a `mapJobs` gave what it must not: a state that is none, a result of an unknown or a known request, no id.',
    advice: 'Mend the function and call again: the records of the jobs stay.',
    exit: 'findings',
    failover: 'manager',
  },
  ERR_CKPT_JOB_UNKNOWN: {
    class: 'map',
    meaning: 'Nobody knows whether the provider has a job: the process was ended, or the connection broke, before it said so.',
    advice: 'Look for the key there. Give a `find`; or call `forgetJob` if it is not there, or set `uncertain`.',
    exit: 'findings',
    failover: 'never',
  },
  ERR_CKPT_NOT_FOUND: {
    class: 'file',
    meaning: 'There is no file at the path.',
    advice: 'Check the path.',
    exit: 'io',
    failover: 'file',
  },
  ERR_CKPT_NOT_A_FILE: {
    class: 'file',
    meaning: 'A folder, a device or a pipe stands where a file should be, or a file where a folder should be.',
    advice: 'Choose another path.',
    exit: 'io',
    failover: 'file',
  },
  ERR_CKPT_NOT_A_CHECKPOINT: {
    class: 'file',
    meaning: 'The file is neither Parquet nor a JSON array of objects, nor lines of them.',
    advice: 'Check the path.',
    exit: 'findings',
    failover: 'file',
    isBroken: true,
  },
  ERR_CKPT_TRUNCATED: {
    class: 'file',
    meaning: 'The file ends before its contents do.',
    advice: 'Restore the file, or delete it and run the step again.',
    exit: 'findings',
    failover: 'file',
    isBroken: true,
  },
  ERR_CKPT_CORRUPT: {
    class: 'file',
    meaning: 'The bytes are not those that were written, or they break the rules of the format.',
    advice: 'Restore the file, or delete it and run the step again.',
    exit: 'findings',
    failover: 'file',
    isBroken: true,
  },
  ERR_CKPT_UNSUPPORTED_FILE: {
    class: 'file',
    meaning: 'The file is well formed, but uses something that this version cannot read.',
    advice: 'Convert the file with another tool.',
    exit: 'findings',
    failover: 'file',
  },
  ERR_CKPT_BASE: {
    class: 'file',
    meaning: 'The checkpoint has values in another file, which is missing, or is not the one that was meant.',
    advice: 'Read the other columns with `columns`, or copy the whole directory with its `.ckpt`; else delete it and run the step again.',
    exit: 'findings',
    failover: 'file',
  },
  ERR_CKPT_PARTS_DIFFER: {
    class: 'file',
    meaning: 'A column has values of different types in two parts of a folder: texts in one, numbers in another.',
    advice: 'Write the parts anew with one type; or read them one by one.',
    exit: 'findings',
    failover: 'file',
  },
  ERR_CKPT_LIMIT: {
    class: 'file',
    meaning: 'A file or a row is beyond a cap on size, count or depth.',
    advice: 'Read fewer columns, or split the rows; the message names the number.',
    exit: 'findings',
    failover: 'manager',
  },
  ERR_CKPT_CHANGED: {
    class: 'file',
    meaning:
      'A JSON file, or a part of a folder, was replaced, changed or removed after it was opened, or while it was read. (A Parquet file is held open.)',
    advice: 'Open the checkpoint again.',
    exit: 'io',
    failover: 'manager',
  },
  ERR_CKPT_PERMISSION: {
    class: 'system',
    meaning: 'The operating system denies access.',
    advice: 'Check the owner and the mode of the file and its folder.',
    exit: 'io',
    failover: 'manager',
  },
  ERR_CKPT_READ_ONLY: {
    class: 'system',
    meaning: 'The file system is read-only.',
    advice: 'Choose another folder.',
    exit: 'io',
    failover: 'manager',
  },
  ERR_CKPT_NO_SPACE: {
    class: 'system',
    meaning: 'The disk or the quota is full.',
    advice: 'Free some space and save again.',
    exit: 'io',
    failover: 'manager',
  },
  ERR_CKPT_LOCKED: {
    class: 'system',
    meaning: 'Another process holds the lock of an operation or a directory, for longer than the call waits.',
    advice: 'Try again, or end that process; the lock of a dead process breaks by itself.',
    exit: 'io',
    failover: 'manager',
  },
  ERR_CKPT_WORKERS_DIFFER: {
    class: 'map',
    meaning:
      "A worker with `workers: 'shared'` came to a map whose workers have other rows, another hash or other options. The message names both.",
    advice: 'Give all workers the same input and options, or wait for the others to end: `lockWait`.',
    exit: 'io',
    failover: 'never',
  },
  ERR_CKPT_IO: {
    class: 'system',
    meaning: 'The operating system failed in another way.',
    advice: 'See the message and `cause`.',
    exit: 'io',
    failover: 'manager',
  },
  ERR_CKPT_NETWORK: {
    class: 'bucket',
    meaning: 'The store cannot be reached, or is too busy, after the retries that `bucket.retries` allows.',
    advice: 'Check the network and the endpoint, and call again.',
    exit: 'io',
    failover: 'manager',
  },
  ERR_CKPT_UNKNOWN_OUTCOME: {
    class: 'bucket',
    meaning:
      'Nobody knows whether the store made an object: the connection broke before it said so, and it cannot be asked. The object is the old or the new one.',
    advice: 'Save again; that is safe.',
    exit: 'io',
    failover: 'manager',
  },
  ERR_CKPT_CONDITION: {
    class: 'bucket',
    meaning: 'An object is there that should not be, or is not in the state that `ifMatch` names.',
    advice: 'Read the object and decide anew.',
    exit: 'io',
    failover: 'never',
  },
  ERR_CKPT_CREDENTIALS: {
    class: 'bucket',
    meaning: 'There are no credentials for the store, or it does not accept them: they are wrong, or have expired.',
    advice: 'Set the variables of the environment that the message names, or give `bucket.credentials`.',
    exit: 'io',
    failover: 'manager',
  },
  ERR_CKPT_CLOCK: {
    class: 'bucket',
    meaning:
      'The store refuses the signature because its clock and the one of this machine differ too much. The message says by how many minutes.',
    advice: 'Set the clock of the machine.',
    exit: 'io',
    failover: 'manager',
  },
  ERR_CKPT_NO_BUCKET: {
    class: 'bucket',
    meaning: 'There is no bucket or container of this name at the endpoint.',
    advice: 'Make it, or check the name, the region and the endpoint.',
    exit: 'io',
    failover: 'manager',
  },
  ERR_CKPT_KEY: {
    class: 'bucket',
    meaning: 'No store takes the key of the object: it is empty, longer than 1,024 bytes, or has a segment `.` or `..`.',
    advice: 'Choose another name.',
    exit: 'usage',
    failover: 'never',
  },
  ERR_CKPT_REDIRECT: {
    class: 'bucket',
    meaning:
      'The store points to another place: the bucket is in another region, or the endpoint is not that of the store. Redirects are not followed to other hosts.',
    advice: 'Give the region or the endpoint that the message names.',
    exit: 'io',
    failover: 'manager',
  },
  ERR_CKPT_BUCKET_ANSWER: {
    class: 'bucket',
    meaning: 'What answered is not a store, or not as stores do: a page of HTML, an object without an ETag or a size.',
    advice: 'Check the endpoint.',
    exit: 'io',
    failover: 'manager',
  },
  ERR_CKPT_NOT_CONDITIONAL: {
    class: 'bucket',
    meaning: 'The call needs a store that obeys conditions, and this one does not.',
    advice: 'Choose a store of docs/buckets.md, or save without the condition.',
    exit: 'io',
    failover: 'never',
  },
  ERR_CKPT_NOT_FOR_BUCKETS: {
    class: 'bucket',
    meaning: 'The call or the option is for local files, and was given a URL.',
    advice: 'Use a local path, and copy; docs/buckets.md lists what takes URLs.',
    exit: 'usage',
    failover: 'never',
  },
  ERR_CKPT_NO_SQL: {
    class: 'sql',
    meaning: 'The package `@duckdb/node-api`, which answers questions in SQL, is not installed, does not load, or is too old.',
    advice: '`npm install @duckdb/node-api`.',
    exit: 'usage',
    failover: 'never',
  },
  ERR_CKPT_SQL: {
    class: 'sql',
    meaning: 'DuckDB cannot run the question: its text is no SQL, a table or a column is not there, a value has the wrong type.',
    advice: 'Correct the question; the message says where.',
    exit: 'usage',
    failover: 'never',
  },
  ERR_CKPT_SQL_LIMIT: {
    class: 'sql',
    meaning: 'A question in SQL took more time or memory than it may.',
    advice: 'Ask for less, or raise `timeout` or `memory`.',
    exit: 'findings',
    failover: 'never',
  },
  ERR_CKPT_SQL_REFUSED: {
    class: 'sql',
    meaning: 'The SQL is not one question over the tables: it would write, change settings, read other files, or is several statements.',
    advice: 'Ask one `select` over the tables that `tables()` lists.',
    exit: 'usage',
    failover: 'never',
  },
  ERR_CKPT_FORMAT_VERSION: {
    class: 'package',
    meaning: 'A later version of arrow-ckpt wrote the file, in a format that this version does not know.',
    advice: 'Update arrow-ckpt.',
    exit: 'findings',
    failover: 'manager',
  },
  ERR_CKPT_INTERNAL: {
    class: 'package',
    meaning: 'arrow-ckpt has a bug: a panic in native code, a broken invariant. The process and the old file are intact.',
    advice: 'Please report it.',
    exit: 'bug',
    failover: 'manager',
  },
};

/** The facts of a code; undefined for one of a later copy of this package, whose errors pass for ours. */
export function factsOfCode(code: string): ErrorFacts | undefined {
  return Object.hasOwn(ERROR_FACTS, code) ? ERROR_FACTS[code as CheckpointErrorCode] : undefined;
}
