import { CheckpointError } from './errors.js';

/** A short picture of any value for messages. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return `an object of class ${(value as object).constructor?.name ?? 'Object'}`;
}

/** The error of an option outside its range. */
export function invalid(message: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_INVALID_OPTION', message);
}
