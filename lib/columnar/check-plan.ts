import { CheckpointError } from '../base/errors.js';
import type { LogicalPlan, StructPlan, ValuePlan } from './plan.js';

/** Nesting of a plan: twice what the writer makes. */
const MAX_PLAN_DEPTH = 64;
const LEAVES: ReadonlySet<unknown> = new Set(['null', 'num', 'bool', 'text', 'json', 'date', 'bytes', 'big', 'f64s', 'f32s']);

/**
 * The plan of a footer, every part of it checked: a file may come from anywhere, and code is generated from its plan.
 *
 * @throws CheckpointError `ERR_CKPT_CORRUPT` naming the part
 */
export function checkPlan(value: unknown, path: string): LogicalPlan {
  const check = new PlanCheck(path);
  const plan = check.object(value, 'it');
  check.struct(check.object(plan['row'], 'row'), 'row', 0);
  check.optionalText(plan['x'], 'x');
  return value as LogicalPlan;
}

class PlanCheck {
  constructor(readonly path: string) {}

  object(value: unknown, where: string): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.#wrong(`${where} is not an object`);
    return value as Record<string, unknown>;
  }

  optionalText(value: unknown, where: string): void {
    if (value !== undefined && typeof value !== 'string') throw this.#wrong(`${where} is not a string`);
  }

  struct(plan: Record<string, unknown>, where: string, depth: number): void {
    if (plan['t'] !== 'struct') throw this.#wrong(`${where}.t is not "struct"`);
    this.optionalText(plan['h'], `${where}.h`);
    const fields = this.#array(plan['f'], `${where}.f`);
    const keys = new Set<string>();
    fields.forEach((entry, index) => {
      const at = `${where}.f[${index}]`;
      const { k, n, v } = this.object(entry, at) as Partial<StructPlan['f'][number]>;
      if (typeof k !== 'string' || keys.has(k)) throw this.#wrong(`${at}.k is ${typeof k === 'string' ? 'there twice' : 'not a string'}`);
      keys.add(k);
      this.optionalText(n, `${at}.n`);
      this.#value(this.object(v, `${at}.v`), `${at}.v`, depth + 1);
    });
    this.#array(plan['s'], `${where}.s`).forEach((entry, index) => {
      const shape = this.#array(entry, `${where}.s[${index}]`);
      const isField = (field: unknown) => Number.isInteger(field) && (field as number) >= 0 && (field as number) < fields.length;
      if (!shape.every(isField) || new Set(shape).size < shape.length) throw this.#wrong(`${where}.s[${index}] is no list of fields`);
    });
  }

  #value(plan: Record<string, unknown>, where: string, depth: number): void {
    if (depth > MAX_PLAN_DEPTH) throw this.#wrong(`it is nested more than ${MAX_PLAN_DEPTH} deep`);
    this.optionalText(plan['x'], `${where}.x`);
    const t = plan['t'] as ValuePlan['t'];
    if (t === 'struct') this.struct(plan, where, depth);
    else if (t === 'list') this.#value(this.object(plan['e'], `${where}.e`), `${where}.e`, depth + 1);
    else if (!LEAVES.has(t)) throw this.#wrong(`${where}.t is none of the types of this version`);
  }

  #array(value: unknown, where: string): unknown[] {
    if (!Array.isArray(value)) throw this.#wrong(`${where} is not a list`);
    return value as unknown[];
  }

  #wrong(what: string): CheckpointError {
    return new CheckpointError('ERR_CKPT_CORRUPT', `the plan in the footer of ${this.path} is damaged: ${what}`, { path: this.path });
  }
}
