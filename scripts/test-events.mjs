// A reporter of node:test beside the one that people read: a line of JSON for each skip and for each file's time. node:test itself does not
// count suites that are skipped.
import { relative } from 'node:path';
import { ROOT } from './setup.mjs';

/** What a skip says of itself; undefined where nothing is skipped. */
function reasonOf({ skip, todo }) {
  if (skip !== undefined && skip !== false) return typeof skip === 'string' && skip !== '' ? skip : 'no reason given';
  if (todo !== undefined && todo !== false) return `todo: ${typeof todo === 'string' ? todo : 'no reason given'}`;
  return undefined;
}

export default async function* events(source) {
  // The tests around the one that is told of, by their depth. Those of helpers have the helper's file; the outermost has its own.
  const around = [];
  for await (const { type, data } of source) {
    if (type === 'test:start') around.splice(data.nesting, Infinity, data);
    if (type === 'test:complete' && data.name === data.file) {
      yield `${JSON.stringify({ file: relative(ROOT, data.file), ms: data.details.duration_ms })}\n`;
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const reason = reasonOf(data);
    if (reason !== undefined) {
      const path = around.slice(0, data.nesting).map((test) => test.name);
      yield `${JSON.stringify({ skipped: [...path, data.name].join(' > '), in: relative(ROOT, around[0]?.file ?? data.file ?? ROOT), reason })}\n`;
    }
  }
}
