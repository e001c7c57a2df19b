import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeCheckpoint } from 'arrow-ckpt';
import { differencesOf } from '../lib/cli/rows/differences-of.ts';
import { rejectsWith } from './support/codes.ts';
import { tempFolder } from './support/temp-folder.ts';

test('a refused object is named by its class, where that has a name', async () => {
  const path = join(tempFolder('class-names'), 'a.json');
  class WithGetter {
    own = 1;
    static get name(): never {
      throw new Error('no');
    }
  }
  class Named {
    own = 1;
  }
  const cases: [object, RegExp][] = [
    [new Named(), /v of row 0 is an object of class Named, /],
    [
      new (class {
        own = 1;
      })(),
      /is an object of a class without a name, /,
    ],
    [new WithGetter(), /is an object of a class without a name, /],
    [Object.create(Object.create(null) as object) as object, /is an object of a class without a name, /],
  ];
  for (const [v, message] of cases)
    await rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => writeCheckpoint(path, [{ v }]), { row: 0, column: 'v', message });
});

test('a difference under the empty key is not one of the row', () => {
  const paths = (a: object, b: object): string[] => differencesOf(a as never, b as never, false).map(({ path }) => path);
  assert.deepStrictEqual(paths({ '': 1 }, { '': 2 }), ['[""]']);
  assert.deepStrictEqual(paths({ '': { b: 1 } }, { '': { b: 2 } }), ['[""].b']);
});
