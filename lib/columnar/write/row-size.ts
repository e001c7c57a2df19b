import { CheckpointError } from '../../base/errors.js';
import { align8 } from '../layout.js';
import { BytesNode } from './bytes-node.js';
import { ListNode } from './containers.js';
import type { WriteNode } from './nodes.js';
import type { RootNode } from './root-node.js';
import { TextNode } from './text-nodes.js';

/** Rows of fewer bytes in a record need no closer look: no text takes more than three times as much in a file. */
export const SMALL_ROW_BYTES = 1 << 28;

/** The caps of readers (crates/arrow-ckpt/src/limits.rs): bytes of a row as a load gets it, bytes of a page, values of a page. */
const MAX_BLOCK_BYTES = 2 ** 30;
const MAX_PAGE_BYTES = 2 ** 30;
const MAX_PAGE_VALUES = 2 ** 28;

/** Bytes of a block beside those of its rows: its directory, and a dictionary of the column. */
const BLOCK_MARGIN = 1 << 22;
/** Bytes of a page beside its values and their levels. */
const PAGE_MARGIN = 16;

/**
 * Refuses a row that no load could give back: a page of a file holds at least a row of a leaf, and a block of a load at least a row of all
 * columns.
 * `root` is filled with that row alone. @throws `ERR_CKPT_LIMIT`
 */
export function checkRowSize(root: RootNode, row: number): void {
  let bytes = 0;
  let most = -1;
  let largest: WriteNode | undefined;
  for (const column of root.children) {
    const size: Size = { block: 0, page: 0, values: 0 };
    addNode(column, 1, 0, size);
    if (size.page > MAX_PAGE_BYTES || size.values > MAX_PAGE_VALUES) {
      const what = size.values > MAX_PAGE_VALUES ? `${size.values} values` : `${size.page} bytes`;
      const cap = size.values > MAX_PAGE_VALUES ? MAX_PAGE_VALUES : MAX_PAGE_BYTES;
      throw tooLarge(root, row, column, `has ${what} in one column, and a row can have ${cap} there`);
    }
    bytes += size.block;
    if (size.block > most) [most, largest] = [size.block, column];
  }
  if (bytes + BLOCK_MARGIN > MAX_BLOCK_BYTES) {
    throw tooLarge(root, row, largest as WriteNode, `has ${bytes} bytes, and a row can have ${MAX_BLOCK_BYTES - BLOCK_MARGIN}`);
  }
}

function tooLarge(root: RootNode, row: number, node: WriteNode, what: string): CheckpointError {
  const column = root.keyOf(node);
  const where = column === undefined ? '' : `; most of it is in ${column.length > 200 ? `${column.slice(0, 200)}...` : column}`;
  const message = `row ${row} ${what}${where}: no load could give it back; split it into several rows`;
  return new CheckpointError('ERR_CKPT_LIMIT', message, column === undefined ? { row } : { row, column });
}

interface Size {
  /** Bytes in a block of a load. */
  block: number;
  /** Bytes of the largest leaf's page. */
  page: number;
  /** Values of the leaf that has the most, those that stand for nothing counted. */
  values: number;
}

/** `above`: slots of the nodes on the way, each of which may have a value of its own in a leaf's page where it is null or empty. */
function addNode(node: WriteNode, slots: number, above: number, size: Size): void {
  if (node.kind === 'null') return;
  if (node.hasNulls) size.block += align8(slots);
  const values = above + slots;
  size.values = Math.max(size.values, values);
  if (node instanceof ListNode) {
    size.block += align8(slots * 4);
    return addNode(node.child, node.startOf(slots), values, size);
  }
  if (node.children.length > 0) {
    for (const child of node.children) addNode(child, slots, values, size);
    return;
  }
  const { block, page } = leafSize(node, slots);
  size.block += align8(block);
  // A level takes less than a byte.
  size.page = Math.max(size.page, page + values + PAGE_MARGIN);
}

/** Bytes of a leaf's values: in a block, and in a page. */
function leafSize(node: WriteNode, slots: number): { block: number; page: number } {
  const ends = slots * 4;
  if (node instanceof BytesNode) {
    const bytes = node.total(slots) + ends;
    return { block: bytes, page: bytes };
  }
  if (!(node instanceof TextNode)) {
    const width = node.kind === 'bool' ? 1 : node.kind === 'f32' ? 4 : 8;
    return { block: slots * width, page: slots * width };
  }
  let units = 0;
  let utf8 = 0;
  let isWide = false;
  for (let slot = 0; slot < slots; slot++) {
    const part = node.textAt(slot);
    const bytes = Buffer.byteLength(part);
    units += part.length;
    utf8 += bytes;
    isWide ||= bytes !== part.length && BEYOND_LATIN1.test(part);
  }
  return { block: (isWide ? units * 2 : units) + ends, page: utf8 + ends };
}

const BEYOND_LATIN1 = /[^\0-\u00ff]/;
