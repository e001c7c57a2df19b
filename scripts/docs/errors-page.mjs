// docs/errors.md, from the record of error codes (lib/base/error-facts.ts).
import { ERROR_FACTS } from '../../build/lib/base/error-facts.js';
import { EXIT } from '../../build/lib/cli/exit-codes.js';

const HEAD = `<!-- Made by \`npm run docs\` from lib/base/error-facts.ts. Do not edit. -->
# Errors

Every error of arrow-ckpt is a \`CheckpointError\` with a stable \`code\`. The \`message\` says what is wrong, where, and what to do.
Where they are known, the error also has \`path\`, \`column\`, \`row\` and \`cause\`.

\`\`\`ts
import { isCheckpointError, readCheckpoint } from 'arrow-ckpt';

try {
  await readCheckpoint('out/missing.parquet');
} catch (error) {
  if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_NOT_FOUND') throw error;
  console.log(error.path); // out/missing.parquet
}
\`\`\`

Two kinds of errors have no code:

- An aborted call rejects with \`signal.reason\`.
- What your own code throws (an iterable, a schema) reaches you as it is. Only \`map\` wraps it: it is the \`cause\` of
  \`ERR_CKPT_ROW_FAILED\`.

The columns of the tables:

- **exit**: how the command line ends when this error ends a command. [cli.md](cli.md) lists the exit codes.
- **tried next**: what a manager tries instead of throwing.
  "manager": \`MultiCheckpointManager\` tries its next manager.
  "file": it does so too, and \`CheckpointManager\` tries the checkpoint's file of the other format.
  "-": the error is thrown at once, because it would be the same anywhere.
`;

/** The sections, in order. A class without a title stops the generator. */
const TITLES = {
  call: 'The call is wrong',
  rows: 'The rows cannot be saved, or do not fit the schema',
  map: 'Rows of a map',
  file: 'The file cannot be read',
  system: 'The system says no',
  bucket: 'Buckets',
  sql: 'SQL',
  package: 'This version of arrow-ckpt',
};

export function errorsPage() {
  const groups = new Map(Object.keys(TITLES).map((name) => [name, []]));
  for (const entry of Object.entries(ERROR_FACTS)) {
    const group = groups.get(entry[1].class);
    if (group === undefined) throw new Error(`scripts/docs/errors-page.mjs has no title for '${entry[1].class}'`);
    group.push(entry);
  }
  return [HEAD, ...[...groups].map(([name, entries]) => section(TITLES[name], entries))].join('\n');
}

function section(title, entries) {
  const lines = entries.map(([code, { meaning, advice, exit, failover }]) => {
    const next = failover === 'never' ? '-' : failover;
    return `| \`${code}\` | ${meaning} | ${advice} | ${EXIT[exit]} | ${next} |`;
  });
  return [`## ${title}`, '', '| code | means | what to do | exit | tried next |', '|---|---|---|---|---|', ...lines, ''].join('\n');
}
