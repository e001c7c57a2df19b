import { describe, test } from 'node:test';

/**
 * A suite that needs what not every machine has. Where it is `missing`, one test is skipped in its place and says why:
 * node:test counts that, and does not count a skipped suite.
 */
export function suite(title: string, missing: string | false, body: () => void): void {
  describe(title, missing === false ? body : () => void test('all of it', { skip: missing }));
}
