import { createHash } from 'node:crypto';

/** An object of the stub. */
export interface StubObject {
  bytes: Buffer;
  /** Counts up over all writes: no two states have one. */
  version: number;
  modified: Date;
}

/** What a write asks for: `version` 0 for none. */
export interface StubCondition {
  ifAbsent?: boolean;
  ifVersion?: number;
}

/** The objects of one bucket, with conditions as a store keeps them. */
export class StubObjects {
  readonly all = new Map<string, StubObject>();
  /** Parts of uploads that nobody has finished or given up. */
  readonly uploads = new Map<string, { key: string; parts: Map<string, Buffer>; condition: StubCondition }>();
  /** What those that have ended answered. */
  readonly ended = new Map<string, unknown>();
  #version = 0;

  put(key: string, bytes: Buffer, condition: StubCondition = {}): StubObject | 'unmet' {
    const before = this.all.get(key);
    if (condition.ifAbsent === true && before !== undefined) return 'unmet';
    if (condition.ifVersion !== undefined && before?.version !== condition.ifVersion) return 'unmet';
    const object = { bytes, version: ++this.#version, modified: new Date() };
    this.all.set(key, object);
    return object;
  }

  delete(key: string, { ifVersion }: StubCondition = {}): boolean | 'unmet' {
    const before = this.all.get(key);
    if (before !== undefined && ifVersion !== undefined && before.version !== ifVersion) return 'unmet';
    return this.all.delete(key);
  }

  /** A page of keys after `from`, in the order of their bytes. */
  page(prefix: string, from: string, most: number): { entries: [string, StubObject][]; next: string | undefined } {
    const keys = [...this.all.keys()].filter((key) => key.startsWith(prefix));
    const after = keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).filter((key) => compare(key, from) > 0);
    const taken = after.slice(0, most);
    return {
      entries: taken.map((key) => [key, this.all.get(key) as StubObject]),
      next: after.length > most ? taken.at(-1) : undefined,
    };
  }
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function md5Base64(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('base64');
}
