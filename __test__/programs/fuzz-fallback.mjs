// Fuzzes the reader of Parquet without the binary: files with bits flipped, numbers replaced and pieces cut out, in fixed time or number.
// Most damage falls where lengths and counts are, as in crates/arrow-ckpt/tests/fuzz/mutate.rs.
//   fuzz-fallback.mjs <seconds> <runs, or 0> <seed> <file...>
// Prints what came of it. An input that fails is told, kept, and ends it.
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCheckpointError } from 'arrow-ckpt';

const { fallbackStore } = await import(new URL('../../build/lib/formats/parquet/fallback/fallback-store.js', import.meta.url));

const [seconds, runs, seed] = process.argv.slice(2, 5).map(Number);
const seeds = process.argv.slice(5).map((path) => readFileSync(path));

let state = (seed * 2_654_435_761) >>> 0 || 1;
/** xorshift: the same numbers for the same seed. */
function below(bound) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  state >>>= 0;
  return state % Math.max(bound, 1);
}
const one = (list) => list[below(list.length)];

function footerStart(bytes) {
  const start = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
  return start > 4 && start < bytes.length - 8 ? start : undefined;
}

/** Half of the places are in the footer, most others where page headers are. */
function place(bytes) {
  const footer = footerStart(bytes);
  const kind = below(8);
  if (kind < 4 && footer !== undefined) return footer + below(bytes.length - footer);
  if (kind < 6 && footer !== undefined) return 4 + below(Math.min(footer - 4, 60));
  return below(bytes.length);
}

function splice(bytes, at, count, piece = []) {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(piece), bytes.subarray(Math.min(at + count, bytes.length))]);
}

function damagedOnce(bytes) {
  const at = place(bytes);
  switch (below(12)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return splice(bytes, at, 1, [bytes[at] ^ (1 << below(8))]);
    case 4:
      return splice(bytes, at, 1, [below(256)]);
    case 5:
      return splice(bytes, at, 1, [one([0, 1, 0x7f, 0x80, 0xff, 0x15, 0x19, 0x1c])]);
    case 6: {
      const varint = [...Array.from({ length: below(10) }, () => 0xff), 0x0f];
      return splice(bytes, at, varint.length, varint);
    }
    case 7:
      return splice(bytes, at, 1);
    case 8:
      return splice(bytes, at, 0, [below(256)]);
    case 9:
      return splice(bytes, at, below(64));
    case 10: {
      const other = one(seeds);
      const from = below(other.length);
      const piece = other.subarray(from, from + below(128));
      return splice(bytes, at, piece.length, piece);
    }
    default: {
      const number = Buffer.alloc(4);
      number.writeUInt32LE(one([0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, bytes.length]));
      return splice(bytes, at, 4, number);
    }
  }
}

/** A seed, damaged in one place, in two half as often, and so on. */
function damaged() {
  let bytes = Buffer.from(one(seeds));
  do {
    if (bytes.length < 16) break;
    bytes = damagedOnce(bytes);
    if (below(4) > 0 && bytes.length >= 8) {
      bytes.write('PAR1', 0, 'latin1');
      bytes.write('PAR1', bytes.length - 4, 'latin1');
    }
  } while (below(2) === 0);
  return below(12) === 0 ? bytes.subarray(0, below(bytes.length)) : bytes;
}

const OPTIONS = [{}, {}, { verify: false }, { verify: false }, { verify: false, offset: 1, limit: 2 }, { limits: { pageBytes: 1 << 20 } }];
const outcomes = {};
const count = (what) => (outcomes[what] = (outcomes[what] ?? 0) + 1);
const folder = await mkdtemp(join(tmpdir(), 'arrow-ckpt-fuzz-'));
const path = join(folder, 'f.parquet');
const begun = performance.now();
let tries = 0;
let failed = false;

async function attempt(what, bytes, work) {
  try {
    await work();
    count(what);
  } catch (error) {
    if (isCheckpointError(error) && error.code !== 'ERR_CKPT_INTERNAL') return count(error.code);
    const kept = join(tmpdir(), `arrow-ckpt-fuzz-${seed}-${tries}.parquet`);
    writeFileSync(kept, bytes);
    console.error(`${kept}, ${what}: ${error?.stack ?? error}`);
    process.exitCode = 1;
    failed = true;
  }
}

while (!failed && (runs > 0 ? tries < runs : performance.now() - begun < seconds * 1000)) {
  const bytes = damaged();
  writeFileSync(path, bytes);
  await attempt('rows', bytes, () => fallbackStore.read(path, one(OPTIONS)));
  if (tries % 4 === 0) await attempt('info', bytes, () => fallbackStore.info(path));
  tries++;
}
await rm(folder, { recursive: true });
if (!failed) {
  const { maxRSS } = process.resourceUsage();
  console.log(
    JSON.stringify({ tries, seconds: Math.round(performance.now() - begun) / 1000, outcomes, megabytes: Math.round(maxRSS / 1024) }),
  );
}
