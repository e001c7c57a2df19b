import { statSync, type PathLike } from 'node:fs';
import fsPromises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { dirname } from 'node:path';
import { DiskModel, type Inode } from './model.ts';

/** What goes wrong at an operation. `crash`: it and all later ones change nothing. `short`: a write takes half of what it is given. */
export type Fault = 'crash' | 'short' | 'EIO' | 'ENOSPC' | 'EACCES' | 'EINVAL';

type Work = () => Promise<unknown>;

/**
 * Runs `work` with `node:fs/promises` replaced, for everybody in this process: each operation on a path in `root` is counted, told to a
 * model of the disk, and `fault` happens at the one of number `at`. An fsync is not made in truth: the model knows what it is for.
 */
export async function withFaults(root: string, work: Work, at = -1, fault: Fault = 'crash'): Promise<FaultRun> {
  const run = new FaultRun(root, at, fault);
  const real = { ...fsPromises };
  Object.assign(fsPromises, run.replaced(real));
  syncBuiltinESMExports();
  try {
    await work();
  } catch (error) {
    run.failed = true;
    run.error = error;
  } finally {
    Object.assign(fsPromises, real);
    syncBuiltinESMExports();
  }
  return run;
}

type Fs = typeof fsPromises;

/** One run, and what is known after it. */
export class FaultRun {
  /** The operations in order: `rename`, `write`, ... */
  readonly operations: string[] = [];
  readonly model: DiskModel;
  failed = false;
  error: unknown;
  readonly #root: string;
  readonly #at: number;
  readonly #fault: Fault;
  #crashed = false;

  constructor(root: string, at: number, fault: Fault) {
    this.#root = root;
    this.#at = at;
    this.#fault = fault;
    this.model = new DiskModel(root);
  }

  /** Counts an operation; throws, or tells that a write shall be short. */
  #begin(operation: string): boolean {
    if (this.#crashed) throw powerIsGone();
    const index = this.operations.push(operation) - 1;
    this.model.look();
    if (index !== this.#at) return false;
    if (this.#fault === 'crash') {
      this.#crashed = true;
      throw powerIsGone();
    }
    if (this.#fault === 'short') return operation === 'write';
    throw Object.assign(new Error(`${this.#fault}: provoked, ${operation}`), { code: this.#fault, syscall: operation });
  }

  /** `effect`: what the operation does to the model once it has done it to the disk. */
  async #do<T>(operation: string, path: unknown, real: () => Promise<T>, effect?: (result: T) => void): Promise<T> {
    if (!this.#isInside(path)) return real();
    this.#begin(operation);
    const result = await real();
    effect?.(result);
    this.model.settle();
    return result;
  }

  #isInside(path: unknown): path is string {
    return typeof path === 'string' && (path === this.#root || path.startsWith(`${this.#root}/`));
  }

  replaced(real: Fs): Partial<Fs> {
    const { model } = this;
    const remove = (path: PathLike) => () =>
      model.change(
        dirname(String(path)),
        model.below(String(path)).map(([each]) => [each, null]),
      );
    const simple = <K extends 'stat' | 'readdir' | 'readFile' | 'utimes'>(name: K) =>
      ((path: string, ...rest: unknown[]) =>
        this.#do(name, path, () => (real[name] as (...all: unknown[]) => Promise<unknown>)(path, ...rest))) as unknown as Fs[K];
    return {
      stat: simple('stat'),
      readdir: simple('readdir'),
      readFile: simple('readFile'),
      utimes: simple('utimes'),
      unlink: (path) => this.#do('unlink', path, () => real.unlink(path), remove(path)),
      rmdir: (path) => this.#do('rmdir', path, () => real.rmdir(path), remove(path)),
      rm: (path, options) => this.#do('rm', path, () => real.rm(path, options), remove(path)),
      rename: (from, to) =>
        this.#do(
          'rename',
          from,
          () => real.rename(from, to),
          () => {
            // A folder takes with it what is in it.
            const moved = model.below(String(from));
            model.change(dirname(String(to)), [
              ...model.below(String(to)).map(([path]): [string, null] => [path, null]),
              ...moved.map(([path, entry]): [string, typeof entry] => [String(to) + path.slice(String(from).length), entry]),
              ...moved.map(([path]): [string, null] => [path, null]),
            ]);
          },
        ),
      link: (from, to) =>
        this.#do(
          'link',
          from,
          () => real.link(from, to),
          () => model.change(dirname(String(to)), [[String(to), model.entry(String(from)) ?? null]]),
        ),
      mkdir: ((path: string, options?: { recursive: true }) =>
        this.#do(
          'mkdir',
          path,
          () => real.mkdir(path, options as { recursive: true }),
          (first) => {
            const made: string[] = [];
            if (options?.recursive !== true) made.push(path);
            else for (let at = path; first !== undefined && at.length >= first.length; at = dirname(at)) made.unshift(at);
            for (const folder of made) model.change(dirname(folder), [[folder, 'folder']]);
          },
        )) as Fs['mkdir'],
      writeFile: ((path: string, text: string, options: object) =>
        this.#do(
          'writeFile',
          path,
          () => real.writeFile(path, text, options),
          () => {
            model.create(path).written.push({ at: 0, piece: Buffer.from(text) });
          },
        )) as Fs['writeFile'],
      open: ((path: string, flags: string) =>
        this.#do('open', path, async () => {
          const handle = await real.open(path, flags);
          if (!this.#isInside(path)) return handle;
          const isFolder = flags === 'r' && statSync(path).isDirectory();
          return this.#handle(handle, isFolder ? path : undefined, flags.startsWith('w') ? model.create(path) : model.inode(path));
        })) as Fs['open'],
    };
  }

  /** A handle whose calls are operations. */
  #handle(handle: FileHandle, folder: string | undefined, inode: Inode | undefined): FileHandle {
    const real = {
      write: handle.write.bind(handle) as (
        buffer: Buffer,
        offset: number,
        length: number,
        position: number,
      ) => Promise<{ bytesWritten: number }>,
      read: handle.read.bind(handle) as (...all: unknown[]) => Promise<unknown>,
      writeFile: handle.writeFile.bind(handle),
      close: handle.close.bind(handle),
    };
    const replaced = {
      write: async (buffer: Buffer, offset: number, length: number, position: number) => {
        const take = this.#begin('write') ? length >> 1 : length;
        const bytes = Buffer.from(buffer.subarray(offset, offset + take));
        const result = await real.write(buffer, offset, take, position);
        inode?.written.push({ at: position, piece: bytes.subarray(0, result.bytesWritten) });
        this.model.settle();
        return result;
      },
      read: async (...all: unknown[]) => {
        this.#begin('read');
        return real.read(...all);
      },
      writeFile: async (text: string) => {
        this.#begin('writeFile');
        await real.writeFile(text);
        inode?.written.push({ at: 0, piece: Buffer.from(text) });
        this.model.settle();
      },
      sync: async () => {
        try {
          this.#begin('sync');
        } catch (error) {
          // The pages count as clean from now on: nothing will write them.
          if (!this.#crashed) inode?.written.splice(0);
          throw error;
        }
        if (folder !== undefined) this.model.syncFolder(folder);
        else if (inode !== undefined) {
          let all = inode.durable;
          for (const { at, piece } of inode.written.splice(0)) {
            const longer = Buffer.alloc(Math.max(all.length, at + piece.length));
            all.copy(longer);
            piece.copy(longer, at);
            all = longer;
          }
          inode.durable = all;
        }
      },
      close: async () => {
        await real.close();
        this.#begin('close');
      },
    };
    return Object.assign(handle, replaced);
  }
}

function powerIsGone(): Error {
  return Object.assign(new Error('EIO: the power is gone'), { code: 'EIO', syscall: 'none' });
}
