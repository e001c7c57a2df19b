import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERROR_CODES } from '../lib/base/errors.js';
import { argumentErrors } from './errors/arguments.js';
import { bucketErrors } from './errors/buckets.js';
import { compatErrors } from './errors/compat.js';
import { diskErrors } from './errors/disk.js';
import { fileErrors } from './errors/files.js';
import { internalErrors } from './errors/internal.js';
import { openErrors } from './errors/open.js';
import { mapErrors } from './errors/maps.js';
import { rowErrors } from './errors/rows.js';
import { schemaErrors } from './errors/schema.js';
import { sqlErrors } from './errors/sql.js';
import { seenCodes } from './support/codes.js';

argumentErrors();
rowErrors();
fileErrors();
diskErrors();
internalErrors();
schemaErrors();
compatErrors();
openErrors();
mapErrors();
bucketErrors();
sqlErrors();

test('every code was provoked', () => {
  assert.deepStrictEqual([...seenCodes].sort(), [...ERROR_CODES].sort());
});
