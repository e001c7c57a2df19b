import type { TextOfRow } from '../json/writer.js';
import { LINES_KEY } from './header.js';
import { pythonJson } from '../../../compat/python-json.js';
import { notCompatible } from '../../../compat/not-compatible.js';
import { KuraCheck, PROGRAM } from '../../../compat/kura/check.js';
import { modelOfRow } from '../../../compat/kura/models.js';

/** What pydantic's parser of JSON takes: it counts objects and arrays, and the row is one. */
const FORM = { compact: true, wellFormed: true, maxDepth: 200 };

/**
 * How rows become lines that Kura's classes read. Where the first row is of one of the four types, all must be, with keys of their own if
 * they like: a class that is made from one of these may have more. Rows of any other class only must be JSON as pydantic reads it, which
 * knows NaN and integers of any size.
 */
export function kuraLines(): TextOfRow {
  let check: KuraCheck | undefined;
  return (row, index) => {
    if (index === 0) {
      const model = modelOfRow(row);
      check = model && new KuraCheck(model, 'keep');
      if (Object.keys(row)[0] === LINES_KEY) throw notCompatible(PROGRAM, index, LINES_KEY, 'a first key that marks a header');
    }
    check?.row(row, index);
    return pythonJson(row, { program: PROGRAM, row: index, path: '' }, FORM);
  };
}
