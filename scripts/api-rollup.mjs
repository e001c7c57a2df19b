// npm run api: rolls the public types of build/ up into index.d.ts, kura.d.ts and sql.d.ts. With --check it writes nothing and fails when
// one is stale. build/ must be there (npm run build:ts). API Extractor brings a TypeScript of its own, for the native tsc has no JavaScript
// API.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import apiExtractor from '@microsoft/api-extractor';
import { compactTypes } from './api/compact-types.mjs';

const { Extractor, ExtractorConfig } = apiExtractor;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Each entry of the package: its types in build/, the file that is rolled up from them, and the classes in it that are types only. */
const ENTRIES = [
  { name: 'arrow-ckpt', source: 'index.d.ts', target: 'index.d.ts', typeOnly: ['DirectoryCheckpointManager'] },
  { name: 'arrow-ckpt/kura', source: 'lib/kura/schemas.d.ts', target: 'kura.d.ts', typeOnly: [] },
  { name: 'arrow-ckpt/sql', source: 'lib/sql/open-sql.d.ts', target: 'sql.d.ts', typeOnly: [] },
];

function rollUp({ name, source, typeOnly }) {
  const entry = join(ROOT, 'build', source);
  const folder = mkdtempSync(join(tmpdir(), 'arrow-ckpt-api-'));
  try {
    const rollup = join(folder, 'index.d.ts');
    const config = ExtractorConfig.prepare({
      configObject: {
        projectFolder: ROOT,
        mainEntryPointFilePath: entry,
        compiler: {
          overrideTsconfig: {
            compilerOptions: {
              target: 'ES2022',
              lib: ['ES2023'],
              types: ['node'],
              module: 'NodeNext',
              moduleResolution: 'NodeNext',
              strict: true,
              skipLibCheck: true,
            },
            files: [entry],
          },
        },
        apiReport: { enabled: false },
        docModel: { enabled: false },
        tsdocMetadata: { enabled: false },
        dtsRollup: { enabled: true, untrimmedFilePath: rollup },
        newlineKind: 'lf',
        messages: {
          compilerMessageReporting: { default: { logLevel: 'error' } },
          extractorMessageReporting: {
            default: { logLevel: 'error' },
            // Release tags (@public) say nothing here: what index.ts exports is public.
            'ae-missing-release-tag': { logLevel: 'none' },
            // What is not exported is internal, and has no place in the types of what is.
            'ae-forgotten-export': { logLevel: 'error' },
            // A link to a member of the same class is enough for editors.
            'ae-unresolved-link': { logLevel: 'none' },
          },
          // The comments are JSDoc for editors, not TSDoc: `@default 'auto'`, `{` in examples.
          tsdocMessageReporting: { default: { logLevel: 'none' } },
        },
      },
      configObjectFullPath: undefined,
      packageJsonFullPath: join(ROOT, 'package.json'),
    });
    const result = Extractor.invoke(config, { localBuild: true, messageCallback: quiet });
    if (!result.succeeded) throw new Error(`API Extractor found ${result.errorCount} errors`);
    return `// The public types of ${name}, rolled up by \`npm run api\`. Do not edit.\n${compactTypes(readFileSync(rollup, 'utf8'), typeOnly)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function quiet(message) {
  // The preamble and the notice that its TypeScript is older than the project's.
  if (message.logLevel === 'info' || message.logLevel === 'verbose' || message.messageId.startsWith('console-')) message.handled = true;
}

for (const entry of ENTRIES) {
  const rolled = rollUp(entry);
  const target = join(ROOT, entry.target);
  if (!process.argv.includes('--check')) {
    writeFileSync(target, rolled);
    console.log(`${entry.target} is written`);
  } else if (existsSync(target) && readFileSync(target, 'utf8').replaceAll('\r\n', '\n') === rolled) {
    console.log(`${entry.target} is up to date`);
  } else {
    console.error(`${entry.target} is stale: run \`npm run api\` and commit it`);
    process.exitCode = 1;
  }
}
