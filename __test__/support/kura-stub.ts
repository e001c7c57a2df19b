import type { KuraCheckpointManager, Row } from 'arrow-ckpt';

/** A log that is kept. */
export class Lines {
  readonly info: string[] = [];
  readonly warnings: string[] = [];
  readonly logger = {
    info: (line: string): void => void this.info.push(line),
    warn: (line: string): void => void this.warnings.push(line),
  };
}

/** A manager in memory that fails where it is told to. */
export class StubManager implements KuraCheckpointManager {
  enabled = true;
  readonly directory = 'memory';
  readonly rows = new Map<string, Row[]>();
  /** Methods that throw, and what. */
  readonly failing = new Map<keyof KuraCheckpointManager, unknown>();
  readonly calls: string[] = [];

  async saveCheckpoint(name: string, rows: Iterable<Row> | AsyncIterable<Row>): Promise<string> {
    this.#called('saveCheckpoint');
    this.rows.set(name, [...(rows as Iterable<Row>)]);
    return `memory/${name}`;
  }

  async loadCheckpoint(name: string): Promise<Row[] | null> {
    this.#called('loadCheckpoint');
    return this.rows.get(name) ?? null;
  }

  async listCheckpoints(): Promise<string[]> {
    this.#called('listCheckpoints');
    return [...this.rows.keys()];
  }

  async deleteCheckpoint(name: string): Promise<boolean> {
    this.#called('deleteCheckpoint');
    return this.rows.delete(name);
  }

  async getCheckpointPath(name: string): Promise<string> {
    return `memory/${name}`;
  }

  async getCheckpointInfo(name: string) {
    this.#called('getCheckpointInfo');
    const rows = this.rows.get(name);
    if (rows === undefined) return null;
    const path = `memory/${name}`;
    const format = 'json' as const;
    return { name, path, format, rows: rows.length, bytes: 0, hash: null, metadata: {}, columns: [], modified: new Date(0) };
  }

  async getStats() {
    return { type: 'StubManager', enabled: this.enabled, directory: this.directory, checkpoints: this.rows.size };
  }

  #called(method: keyof KuraCheckpointManager): void {
    this.calls.push(method);
    if (this.failing.has(method)) throw this.failing.get(method);
  }
}
