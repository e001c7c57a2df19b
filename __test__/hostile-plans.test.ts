import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeCheckpoint, type ColumnSchema } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { sealFooter } from './support/footer-seal.ts';
import { noBinding, READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Rows whose plan is `{"row":{"t":"struct","f":[{"k":"a","v":{"t":"num"}},{"k":"b","v":{"t":"json"}}, ...` */
const ROWS = [
  { a: 1, b: 1n, c: ['x'], d: { e: true } },
  { d: { e: false }, a: 2, b: 2n, c: ['y'] },
];

/** What stands in the plan, and what is written over it: of the same length, so that the footer stays Thrift. */
const EDITS: [part: string, over: string][] = [
  ['"t":"num"', '"t":"nix"'],
  ['"t":"num"', '"t":12345'],
  ['"t":"num"', '"t":{}   '],
  ['"k":"a"', '"k":  5'],
  ['"k":"a"', '"k":"b"'],
  ['"k":"a"', '"q":"a"'],
  ['"v":{"t":"num"}', '"v":[123456789]'],
  ['"t":"list","e":', '"t":"list","x":'],
  ['"t":"struct"', '"t":"string"'],
  ['"s":[[0,1,2,3]', '"s":[[0,1,2,9]'],
  ['"s":[[0,1,2,3]', '"s":[[0,1,2,2]'],
  ['"s":[[0,1,2,3]', '"s":[[-1,2,3] '],
  ['"s":[[0,1,2,3],[3,0,1,2]]', '"s":[{"x":1},{"y":2}]    '],
  ['"h":"__ckpt_shape"', '"h":5             '],
  ['"h":"__ckpt_shape"', '"h":"__ckpt_other"'],
  ['{"row":', '[["row"'],
  ['{"row":', '{"rov":'],
];

/** Writes `over` over the first `part` of a file, in a footer whose checksum is true again. */
async function editFooter(path: string, part: string, over: string): Promise<void> {
  const file = await readFile(path);
  const at = file.indexOf(part);
  assert.ok(at > 0 && part.length === over.length, 'the part is there');
  file.write(over, at);
  await writeFile(path, sealFooter(file));
}

suite('plans that no save made, in footers with true checksums', noBinding, () => {
  const folder = tempFolder('hostile-plans');

  for (const reader of READERS) {
    for (const [part, over] of EDITS) {
      test(`${part} as ${over.trim()}, ${reader.name} reader`, async () => {
        const path = join(folder, 'plan.parquet');
        await writeCheckpoint(path, ROWS);
        await editFooter(path, part, over);
        await rejectsWith('ERR_CKPT_CORRUPT', () => reader.read(path), { path });
      });
    }

    for (const [part, over] of [
      ['"k":"a"', '"k":"q"'],
      ['"t":"num"', '"t":"big"'],
      ['"t":"text"', '"t":"bool"'],
      ['"t":"num"', '"t":"nix"'],
    ] as const) {
      test(`${part} as ${over} in a file without rows, ${reader.name} reader`, async () => {
        const path = join(folder, 'empty.parquet');
        const columns = [
          { name: 'a', type: 'number' },
          { name: 'b', type: 'string' },
        ] satisfies ColumnSchema[];
        await writeCheckpoint(path, [], { schema: { columns } });
        await editFooter(path, part, over);
        await rejectsWith('ERR_CKPT_CORRUPT', () => reader.read(path), { path });
      });
    }

    test(`numbers that the plan takes for JSON text, ${reader.name} reader`, async () => {
      const path = join(folder, 'kind.parquet');
      await writeCheckpoint(path, [{ a: 1, b: 'x' }]);
      const file = await readFile(path);
      file.write('"v":{"t":"json"}}', file.indexOf('"v":{"t":"num"}},'));
      // One byte longer: the comma between the fields is gone, so the plan is no JSON; both ways must be told by code.
      await writeFile(path, sealFooter(file));
      await rejectsWith('ERR_CKPT_CORRUPT', () => reader.read(path), { path });
    });
  }
});
