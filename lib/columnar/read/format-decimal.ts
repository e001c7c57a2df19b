import * as types from 'node:util/types';

/** To make digits takes time with the square of their number: as in crates/arrow-ckpt/src/limits.rs. */
const MAX_BYTES = 1024;

/** A decimal with all its digits: unscaled value and scale to text, `110n` and 2 to `"1.10"`. Bytes are big-endian two's complement. */
export function formatDecimal(value: number | bigint | Uint8Array, scale: number): string {
  if (types.isUint8Array(value) && value.length > MAX_BYTES) throw new Error(`a decimal of ${value.length} bytes`);
  const unscaled = types.isUint8Array(value) ? fromBytes(value) : BigInt(value);
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const sign = negative ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function fromBytes(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}
