import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What a file holds: what is there after a crash, and what was written since, in order. */
export interface Inode {
  durable: Buffer;
  written: { at: number; piece: Buffer }[];
  mtimeMs: number;
}

type Entry = Inode | 'folder';
type Names = Map<string, Entry>;

/** A change of the names in one folder, all of it or nothing. */
interface Change {
  folder: string;
  names: [string, Entry | null][];
}

/** Changes of names are tried in every combination up to so many; beyond, in order, and each left out alone. */
const COMBINED = 5;

/**
 * What a folder of the disk holds, and what of it a crash may take: what was written and not flushed, names that were changed in a folder
 * and not flushed. It is told of every operation that TypeScript makes, and looks for itself at what the native core has done: that is
 * durable when the core says so, which the core's own tests try.
 */
export class DiskModel {
  readonly #root: string;
  readonly #durable: Names = new Map();
  #changes: Change[] = [];
  #seen: Names = new Map();
  readonly #known = new Map<string, string>();

  constructor(root: string) {
    this.#root = root;
    this.look();
  }

  /** Takes over what somebody else has done to the disk since. */
  look(): void {
    const found = new Map<string, Entry>();
    for (const name of readdirSync(this.#root, { recursive: true, encoding: 'utf8' }).sort()) {
      const path = join(this.#root, name);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      if (stats.isDirectory()) {
        found.set(path, 'folder');
        if (!this.#seen.has(path)) this.#set(path, 'folder');
        continue;
      }
      const stamp = `${stats.ino}:${stats.size}:${stats.mtimeMs}`;
      found.set(path, 'folder');
      if (this.#known.get(path) === stamp) continue;
      this.#known.set(path, stamp);
      this.#set(path, { durable: readFileSync(path), written: [], mtimeMs: stats.mtimeMs });
    }
    for (const path of this.#seen.keys()) {
      if (found.has(path)) continue;
      this.#known.delete(path);
      this.#set(path, null);
    }
  }

  /** After an operation of TypeScript's: what it has left on the disk is known, and is not what somebody else did. */
  settle(): void {
    this.#known.clear();
    for (const [path, entry] of this.#seen) {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (entry === 'folder' || stats === undefined) continue;
      entry.mtimeMs = stats.mtimeMs;
      this.#known.set(path, `${stats.ino}:${stats.size}:${stats.mtimeMs}`);
    }
  }

  inode(path: string): Inode | undefined {
    const entry = this.#seen.get(path);
    return entry === 'folder' ? undefined : entry;
  }

  change(folder: string, names: [string, Entry | null][]): void {
    this.#changes.push({ folder, names });
    apply(this.#seen, names);
  }

  create(path: string): Inode {
    const inode: Inode = { durable: Buffer.alloc(0), written: [], mtimeMs: Date.now() };
    this.change(dirname(path), [[path, inode]]);
    return inode;
  }

  /** What has this path, and what is below it. */
  below(path: string): [string, Entry][] {
    return [...this.#seen].filter(([each]) => each === path || each.startsWith(`${path}/`));
  }

  entry(path: string): Entry | undefined {
    return this.#seen.get(path);
  }

  syncFolder(folder: string): void {
    const flushed = this.#changes.filter((change) => change.folder === folder);
    this.#changes = this.#changes.filter((change) => change.folder !== folder);
    for (const { names } of flushed) apply(this.#durable, names);
  }

  /** Every state that a crash now may leave. Many are alike: see {@link DiskState.signature}. */
  *states(): Generator<DiskState> {
    for (const names of this.#namesAfterCrash()) {
      for (const tear of [seen, lost, allButLast, tornHalf, zeroed]) {
        const files = [...names].filter(([path]) => isReachable(names, path, this.#root));
        yield new DiskState(
          this.#root,
          files.map(([path, entry]) => [path, entry === 'folder' ? null : tear(entry), entry === 'folder' ? 0 : entry.mtimeMs]),
        );
      }
    }
  }

  *#namesAfterCrash(): Generator<Names> {
    const changes = this.#changes;
    const subsets: boolean[][] = [];
    if (changes.length <= COMBINED) {
      for (let mask = 0; mask < 1 << changes.length; mask++) subsets.push(changes.map((_, bit) => ((mask >> bit) & 1) === 1));
    } else {
      for (let count = 0; count <= changes.length; count++) subsets.push(changes.map((_, index) => index < count));
      for (let out = 0; out < changes.length; out++) subsets.push(changes.map((_, index) => index !== out));
    }
    for (const subset of subsets) {
      const names: Names = new Map(this.#durable);
      changes.forEach((change, index) => subset[index] === true && apply(names, change.names));
      yield names;
    }
  }

  /** Done by somebody else, and durable. */
  #set(path: string, entry: Entry | null): void {
    apply(this.#durable, [[path, entry]]);
    apply(this.#seen, [[path, entry]]);
  }
}

/** A folder as a crash may leave it. */
export class DiskState {
  /** The same for states that no reader can tell apart. */
  readonly signature: string;
  readonly #root: string;
  readonly #files: [string, Buffer | null, number][];

  constructor(root: string, files: [string, Buffer | null, number][]) {
    this.#root = root;
    this.#files = files.sort(([a], [b]) => (a < b ? -1 : 1));
    const digest = createHash('sha1');
    // Readers ignore temporaries and locks, whose names and texts are others each time.
    for (const [path, bytes, mtimeMs] of this.#files) {
      if (isIgnored(path)) continue;
      const rank = this.#files.filter(([other, , ms]) => !isIgnored(other) && ms < mtimeMs).length;
      digest.update(`${relative(root, path)}\0${bytes === null ? 'folder' : `${bytes.length}\0`}${rank}\0`);
      if (bytes !== null) digest.update(bytes);
    }
    this.signature = digest.digest('hex');
  }

  /** Makes it on the disk. */
  writeTo(folder: string): void {
    mkdirSync(folder, { recursive: true });
    for (const [path, bytes, mtimeMs] of this.#files) {
      const target = join(folder, relative(this.#root, path));
      if (bytes === null) mkdirSync(target, { recursive: true });
      else {
        writeFileSync(target, bytes);
        utimesSync(target, mtimeMs / 1000, mtimeMs / 1000);
      }
    }
  }
}

function isIgnored(path: string): boolean {
  return /\.tmp$|\.lock(\.steal)?$/.test(path);
}

function apply(names: Names, changes: [string, Entry | null][]): void {
  for (const [name, entry] of changes) {
    if (entry === null) names.delete(name);
    else names.set(name, entry);
  }
}

/** Without its folder there is no file. */
function isReachable(names: Names, path: string, root: string): boolean {
  for (let at = dirname(path); at.length > root.length; at = dirname(at)) if (names.get(at) !== 'folder') return false;
  return true;
}

function over(bytes: Buffer, pieces: Inode['written']): Buffer {
  let all = bytes;
  for (const { at, piece } of pieces) {
    const longer = Buffer.alloc(Math.max(all.length, at + piece.length));
    all.copy(longer);
    piece.copy(longer, at);
    all = longer;
  }
  return all;
}

const seen = ({ durable, written }: Inode): Buffer => over(durable, written);
const lost = ({ durable }: Inode): Buffer => durable;
const allButLast = ({ durable, written }: Inode): Buffer => over(durable, written.slice(0, -1));
const tornHalf = (inode: Inode): Buffer => torn(inode, (piece) => piece.subarray(0, piece.length >> 1));
/** Its length came to the disk, its bytes did not. */
const zeroed = (inode: Inode): Buffer => torn(inode, (piece) => Buffer.alloc(piece.length));

function torn({ durable, written }: Inode, tear: (piece: Buffer) => Buffer): Buffer {
  const last = written.at(-1);
  return last === undefined ? durable : over(durable, [...written.slice(0, -1), { at: last.at, piece: tear(last.piece) }]);
}
