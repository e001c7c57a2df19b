import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fromSystemError } from '../base/errors.js';

/** What the system knows of a path. @throws its failure as a coded error */
export async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw fromSystemError(error, 'read', path);
  }
}
