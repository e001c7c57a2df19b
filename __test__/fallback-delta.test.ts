import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deltaIntegers } from '../lib/formats/parquet/fallback/delta.ts';
import { loadHyparquet } from '../lib/formats/parquet/fallback/hyparquet.ts';

function varint(value: bigint): number[] {
  return value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)];
}

function zigzag(value: bigint): number[] {
  return varint(value < 0n ? -value * 2n - 1n : value * 2n);
}

/** One block of one miniblock of 32 differences of `width` bits, as a writer packs them that calculates with 64 bits. */
function packed(values: number[], width: number, smallest?: bigint): Uint8Array {
  const differences = values.slice(1).map((value, index) => BigInt(value) - BigInt(values[index]!));
  const min = smallest ?? differences.reduce((a, b) => (b < a ? b : a));
  const bits = differences.reduce((all, difference, index) => all | ((difference - min) << BigInt(index * width)), 0n);
  const body = Array.from({ length: 4 * width }, (_, index) => Number((bits >> BigInt(index * 8)) & 255n));
  return Uint8Array.from([32, 1, ...varint(BigInt(values.length)), ...zigzag(BigInt(values[0]!)), ...zigzag(min), width, ...body]);
}

const MOST = 2 ** 31 - 1;
const VALUES = [-MOST - 1, MOST, -MOST - 1, 0, MOST, -1, 5, -MOST, MOST, 1];
const decode = async (page: Uint8Array): Promise<number[]> => [
  ...deltaIntegers(await loadHyparquet(), page, 0, new Int32Array(VALUES.length)),
];

for (const width of [33, 34, 40, 64]) {
  test(`32-bit integers with differences of ${width} bits`, async () => {
    assert.deepStrictEqual(await decode(packed(VALUES, width)), VALUES);
  });
}

test('32-bit integers with a smallest difference of more than 5 bytes are refused: hyparquet reads another number', async () => {
  await assert.rejects(decode(packed(VALUES, 64, -(2n ** 40n))), /a number of 6 bytes/);
});

test('differences of more than 64 bits are refused', async () => {
  await assert.rejects(decode(packed(VALUES, 65)), /integers of 65 bits/);
});
