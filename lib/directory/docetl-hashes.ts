import { setOwn } from '../base/build.js';
import { isPlainObject, type Row } from '../base/rows.js';

/** One change: the hash of an operation, null for none; all of a step where there is no operation. */
export interface HashChange {
  step: string;
  operation: string | undefined;
  hash: string | null;
}

/** The hashes in the text of DocETL's file. What is no such text has none, and is replaced by the next save, as DocETL does. */
export function hashesOf(text: string | undefined): Row {
  if (text === undefined) return {};
  try {
    const config: unknown = JSON.parse(text);
    return isPlainObject(config) ? config : {};
  } catch {
    return {};
  }
}

/** Makes a change; false where nothing changed. */
export function applyHash(config: Row, { step, operation, hash }: HashChange): boolean {
  const operations = member(config, step);
  if (hash !== null && operation !== undefined) {
    const kept = isPlainObject(operations) ? operations : {};
    if (kept[operation] === hash && kept === operations) return false;
    setOwn(kept, operation, hash);
    setOwn(config, step, kept);
    return true;
  }
  if (!isPlainObject(operations) || (operation !== undefined && !Object.hasOwn(operations, operation))) return false;
  if (operation !== undefined) delete operations[operation];
  if (operation === undefined || Object.keys(operations).length === 0) delete config[step];
  return true;
}

/** The hash of an operation; null where there is none. */
export function hashIn(config: Row, step: string, operation: string): string | null {
  const operations = member(config, step);
  const hash = isPlainObject(operations) ? member(operations, operation) : undefined;
  return typeof hash === 'string' ? hash : null;
}

function member(object: Row, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
