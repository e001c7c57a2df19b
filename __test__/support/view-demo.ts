import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { CheckpointManager, type Row } from 'arrow-ckpt';
import { crc32c } from '../../build/lib/base/crc32c.js';

void crc32c;
