import { CheckpointError } from '../../base/errors.js';
import { show } from '../../base/messages.js';
import { isPlainObject, type Row } from '../../base/rows.js';
import { encodeValue } from '../../base/value/extended-json.js';
import type { LogicalPlan, PhysicalPlan } from '../plan.js';
import { StructNode } from './containers.js';
import { evolve } from './evolve.js';
import { learn } from './learn.js';
import { misfit } from './misfit.js';
import { NullNode, type FillContext, type WriteNode } from './nodes.js';
import { observe } from './observed.js';
import { JsonNode, ExceptionNode } from './text-nodes.js';

/**
 * The rows: a struct whose fields are the columns of the file. A value that does not fit its column goes as JSON text into the hidden
 * column of exceptions beside it; a row that no shape holds goes whole into the hidden column of rows.
 */
export class RootNode extends StructNode {
  /** By field; the column itself holds a null where its exceptions hold a text. */
  readonly #exceptions: (ExceptionNode | undefined)[] = [];
  readonly #wanted = new Set<number>();
  #rowTexts: ExceptionNode | undefined;
  #rowTextsWanted = false;
  /** There are no columns of exceptions, nor of whole rows. */
  #isFixed = false;

  /** What does not fit is `ERR_CKPT_SCHEMA` from now on. */
  override fix(): void {
    super.fix();
    this.#isFixed = true;
  }

  /** Starts a chunk of `rows` rows. */
  resetChunk(rows: number): void {
    this.reset();
    this.clearAbsent(rows);
    for (const node of [...this.#exceptions, this.#rowTexts]) {
      node?.clear(rows);
    }
  }

  /** Puts a row by closures: any row at all. */
  putRow(position: number, row: unknown, context: FillContext): void {
    context.row = position;
    context.byClosures++;
    if (!isPlainObject(row)) {
      const index = context.firstRow + position;
      throw new CheckpointError('ERR_CKPT_ROW_NOT_OBJECT', `row ${index} is ${show(row)}; a row must be a plain object`, { row: index });
    }
    const shape = this.shapeOf(row, context);
    if (shape === undefined) {
      this.putNull(position);
      if (!context.stale) this.#putWhole(position, row, context);
      return;
    }
    shape.rows++;
    for (let index = 0; index < shape.fields.length; index++) {
      this.putCell(shape.fields[index] as number, position, row[shape.keys[index] as string], context);
    }
    this.putAbsent(position, shape);
    this.putShape(position, shape.id);
  }

  /** Puts the value of a key that the row has, as an exception if it must. */
  putCell(field: number, position: number, value: unknown, context: FillContext): void {
    const node = this.fields[field] as WriteNode;
    context.row = position;
    if (value === null) return node.putNull(position);
    // Whether the plan is stale already says nothing of this value.
    const isStale = context.stale;
    context.stale = false;
    const isPut = (value !== undefined || node instanceof JsonNode) && node.put(position, value, context);
    // A column of nulls becomes one of the values there are, also of undefined: it never has exceptions.
    const grows = context.stale || (!isPut && node instanceof NullNode);
    context.stale = grows || isStale;
    if (isPut) return;
    node.putNull(position);
    if (grows) return; // the plan may have a place for it then
    if (this.#isFixed) throw misfit(node, value, this.keys[field] as string, context);
    const exceptions = this.#exceptions[field];
    // All exceptions of a chunk show in one pass: a pass for each of hundreds of columns would take seconds.
    if (exceptions === undefined) this.#wanted.add(field);
    if (isStale) return; // the chunk is filled again anyway
    const text = encodeValue(value, { row: context.firstRow + position, path: this.keys[field] as string });
    if (exceptions === undefined) {
      context.stale = true;
    } else exceptions.put(position, text, context);
  }

  #putWhole(position: number, row: Row, context: FillContext): void {
    if (this.#isFixed) throw misfit(this, row, '', context);
    const text = encodeValue(row, { row: context.firstRow + position, path: '' });
    if (this.#rowTexts === undefined) this.#rowTextsWanted = context.stale = true;
    else this.#rowTexts.put(position, text, context);
  }

  override putNull(position: number): void {
    for (const node of this.fields) node.putNull(position);
    this.shapeNode?.putNull(position);
  }

  /** Makes the first plan for the rows of a chunk; false if closures are to put them first. */
  begin(rows: readonly Row[], start: number, count: number): boolean {
    const seen = observe(rows, start, count);
    evolve(this, seen);
    return learn(this, seen, count);
  }

  /** Makes the plan fit the rows of a chunk that it did not fit. */
  evolve(rows: readonly Row[], start: number, count: number): void {
    evolve(this, observe(rows, start, count));
    for (const field of this.#wanted) this.#exceptions[field] = this.#hidden(`__ckpt_x_${(this.fields[field] as WriteNode).name}`);
    this.#wanted.clear();
    if (this.#rowTextsWanted) this.#rowTexts ??= this.#hidden('__ckpt_row');
    this.#rowTextsWanted = false;
  }

  #hidden(name: string): ExceptionNode {
    const node = new ExceptionNode(this.names.take(name), this.capacity);
    this.children.push(node);
    return node;
  }

  /** Adds the exceptions of the filled chunk to `counts`, by key; whole rows under null. */
  countIrregular(counts: Map<string | null, number>, rows: number): void {
    const add = (key: string | null, node: ExceptionNode | undefined): void => {
      let found = 0;
      for (let index = 0; node !== undefined && index < rows; index++) found += node.valid[index] as number;
      if (found > 0) counts.set(key, (counts.get(key) ?? 0) + found);
    };
    this.#exceptions.forEach((node, field) => add(this.keys[field] as string, node));
    add(null, this.#rowTexts);
  }

  /** The key whose values, or their exceptions, a column holds; undefined for whole rows and shapes. */
  keyOf(column: WriteNode): string | undefined {
    const field = this.fields.indexOf(column);
    return this.keys[field < 0 ? this.#exceptions.indexOf(column as ExceptionNode) : field];
  }

  columns(): PhysicalPlan[] {
    return this.children.map((node) => node.physical());
  }

  plan(): LogicalPlan {
    const row = this.describe();
    this.#exceptions.forEach((node, field) => {
      const described = row.f[field];
      if (node !== undefined && described !== undefined) described.v.x = node.name;
    });
    return this.#rowTexts === undefined ? { row } : { row, x: this.#rowTexts.name };
  }
}
