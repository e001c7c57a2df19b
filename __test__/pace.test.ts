import assert from 'node:assert/strict';
import { stat } from 'node:fs';
import { test } from 'node:test';
import { Pace } from '../lib/base/pace.ts';

/** Longer than a loop may keep the event loop. */
function work(): void {
  const until = performance.now() + 10;
  while (performance.now() < until);
}

test('timers and sockets have their turn between two parts of a loop, wherever the loop was called from', async () => {
  const seen: string[] = [];
  await new Promise<void>((resolve, reject) => {
    // Behind a call of the system: what asks for an immediate there gets it before timers and sockets have their turn.
    stat('.', () => {
      const pace = new Pace({});
      setTimeout(() => seen.push('timer'), 0);
      work();
      pace
        .turn()
        .then(() => seen.push('loop'))
        .then(() => resolve(), reject);
    });
  });
  assert.deepEqual(seen, ['timer', 'loop']);
});

test('a loop that has not worked for long goes on at once', async () => {
  const pace = new Pace({});
  let turned = false;
  setImmediate(() => (turned = true));
  await pace.turn();
  assert.equal(turned, false);
});
