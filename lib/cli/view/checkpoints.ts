import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../base/commit/temporary-folder.js';
import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import type { Row } from '../../base/rows.js';
import { remotePlace } from '../../bucket/bucket-of.js';
import { chooseStore, storeOf } from '../../formats/choose.js';
import { openRemote } from '../../formats/remote/remote-store.js';
import { whileSwapped } from '../../formats/while-swapped.js';
import type { CheckpointStore, OpenFile, OpenOptions } from '../../store/store.js';
import { stateOf } from './state-of.js';
import type { Places } from './places.js';
import type { Entry } from './wire.js';

/** A checkpoint that is open for the page. */
export interface Viewed {
  readonly entry: Entry;
  /** See {@link stateOf}. */
  readonly state: string;
  readonly file: OpenFile;
  /** What was found out about it, by what was asked: orders of rows, profiles. */
  readonly known: Map<string, Promise<unknown>>;
}

interface Open {
  viewed: Promise<Viewed>;
  users: number;
}

/** Files that are open at a time. */
const MOST_OPEN = 6;
/** A viewer shows what there is: text that is no UTF-8, and columns of one name. */
const LENIENT: OpenOptions = { text: 'lossy', duplicateColumns: 'rename' };

/**
 * Opens checkpoints when they are asked for, and keeps some open. Text is staged: a temporary Parquet file gives any of its rows at once.
 */
export class Checkpoints {
  readonly #places: Places;
  readonly #open = new Map<string, Open>();
  readonly #ended: AbortSignal;
  /** Where text was staged, by its open file. */
  readonly #staged = new Map<OpenFile, string>();
  #folder: Promise<string> | undefined;
  #stages = 0;

  /** `ended`: ends the staging of text. */
  constructor(places: Places, ended: AbortSignal) {
    this.#places = places;
    this.#ended = ended;
  }

  /**
   * Works on a checkpoint, which stays open meanwhile.
   * @param state the state that the page shows; undefined for whatever there is
   * @throws `ERR_CKPT_CHANGED` for a checkpoint that was replaced since, `ERR_CKPT_NOT_FOUND`, and what opening it throws
   */
  async use<T>(id: string, state: string | undefined, work: (viewed: Viewed) => Promise<T>): Promise<T> {
    const entry = await this.#places.entry(id);
    const open = await this.#current(entry, state);
    try {
      return await work(await open.viewed);
    } finally {
      open.users--;
      this.#closeUnused();
    }
  }

  /** Whether the checkpoint of an id is another than that of a state, or is gone. */
  async hasChanged(id: string, state: string): Promise<boolean> {
    try {
      return (await stateOf((await this.#places.entry(id)).path)) !== state;
    } catch (error) {
      if (isCheckpointError(error)) return true;
      throw error;
    }
  }

  /** Closes all, and removes what was staged. */
  async close(): Promise<void> {
    for (const open of this.#open.values()) await this.#closeFile(open);
    this.#open.clear();
    const folder = await this.#folder?.catch(() => undefined);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  /** It has one user more, from the moment on when it is found: what nobody uses may be closed at any time. */
  async #current(entry: Entry, state: string | undefined): Promise<Open> {
    const now = await stateOf(entry.path);
    if (state !== undefined && state !== now) throw changedError(entry.path);
    const name = `${entry.id} ${now}`;
    const known = this.#open.get(name);
    // What is used is behind all others that may be closed.
    if (known !== undefined) this.#open.delete(name);
    const open = known ?? { viewed: this.#view(entry, now), users: 0 };
    this.#open.set(name, open);
    open.users++;
    // A file that cannot be opened is tried again the next time.
    if (known === undefined) open.viewed.catch(() => this.#open.delete(name));
    return open;
  }

  #closeUnused(): void {
    for (const [name, open] of this.#open) {
      if (this.#open.size <= MOST_OPEN) return;
      if (open.users > 0) continue;
      this.#open.delete(name);
      void this.#closeFile(open);
    }
  }

  async #view(entry: Entry, state: string): Promise<Viewed> {
    const path = this.#places.givenPath(entry);
    const remote = remotePlace(path, undefined);
    const file =
      remote === undefined
        ? await whileSwapped(path, async () => this.#openLocal(path, await storeOf(path)))
        : await openRemote(remote, LENIENT, {});
    // What was opened may be newer than what was looked at.
    if ((await stateOf(path)) !== state) {
      file.close();
      throw changedError(path);
    }
    return { entry, state, file, known: new Map() };
  }

  async #openLocal(path: string, store: CheckpointStore): Promise<OpenFile> {
    const parquet = chooseStore(true);
    if (store.format === 'parquet' || parquet.format !== 'parquet') return store.open(path, LENIENT);
    const signal = this.#ended;
    this.#folder ??= temporaryFolder('arrow-ckpt-view');
    const staged = join(await this.#folder, `${this.#stages++}.parquet`);
    await parquet.write(staged, rowsOf(store, path, signal), { signal });
    const file = await parquet.open(staged, LENIENT);
    this.#staged.set(file, staged);
    return file;
  }

  async #closeFile({ viewed }: Open): Promise<void> {
    const { file } = await viewed.catch(() => ({ file: undefined }));
    if (file === undefined) return;
    file.close();
    const staged = this.#staged.get(file);
    this.#staged.delete(file);
    if (staged !== undefined) await rm(staged, { force: true }).catch(() => {});
  }
}

function changedError(path: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_CHANGED', `${path} was replaced while it was shown; load it again`, { path });
}

async function* rowsOf(store: CheckpointStore, path: string, signal: AbortSignal): AsyncGenerator<Row, void, undefined> {
  for await (const batch of store.batches(path, { signal })) yield* batch;
}
