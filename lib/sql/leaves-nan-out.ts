import { open } from 'node:fs/promises';
import { fromSystemError } from '../base/errors.js';
import type { PhysicalNode } from '../columnar/physical-node.js';
import type { ParquetFacts } from '../formats/parquet/parquet-facts.js';

/** The end of the footer, its length and the magic. */
const END_BYTES = 9;
/** An order of a column, the last that our footers have: a field of a union, an empty struct, an end. */
const ORDER_BYTES = 3;
const IEEE_754_TOTAL = 0x2c;

/**
 * Whether the bounds of floating-point numbers in a file may leave NaN out: those of other writers do, and of our versions up to 0.1.0,
 * which wrote another order of such columns (FORMAT.md, 1.2).
 */
export async function leavesNanOut({ path, plan, tree }: ParquetFacts): Promise<boolean> {
  if (plan === undefined) return true;
  const length = tree.reduce((sum, node) => sum + leavesOf(node), 0) * ORDER_BYTES;
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, Math.max(0, size - END_BYTES - length));
      for (let at = 0; at < bytesRead; at += ORDER_BYTES) if (buffer[at] === IEEE_754_TOTAL) return true;
      return false;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fromSystemError(error, 'read', path);
  }
}

function leavesOf({ children = [] }: PhysicalNode): number {
  return children.length === 0 ? 1 : children.reduce((sum, child) => sum + leavesOf(child), 0);
}
