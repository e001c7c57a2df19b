import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatBytes } from '../lib/directory/log-lines.ts';

for (const [bytes, text] of [
  [0, '0B'],
  [512, '512B'],
  [1023, '1023B'],
  [1024, '1.0KB'],
  [1_258_291, '1.2MB'],
  [1_048_575, '1.0MB'],
  [1024 ** 3 * 2.5, '2.5GB'],
  [1024 ** 4 * 2000, '2000.0TB'],
] as const) {
  it(`${bytes} bytes are ${text}`, () => assert.equal(formatBytes(bytes), text));
}
