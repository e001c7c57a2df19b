import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MapEvent, MapOptions, Row } from 'arrow-ckpt';
import { assertExact } from './exact.ts';
import { allSummaries, manager, MAP, Model, type Article } from './map-rows.ts';

/** Maps of one operation, one after the other: each gives the rows it was asked for, whatever was there. */
export class KeptStore {
  readonly kept: string;
  readonly events: MapEvent[] = [];

  constructor(
    readonly directory: string,
    readonly enableArrow = true,
  ) {
    this.kept = join(directory, 's', '.kept', 'op');
  }

  /** Runs, compares the results, and gives the number of calls. */
  async calls(rows: readonly Article[], hash = 'h', options: Partial<MapOptions<Article>> = {}): Promise<number> {
    const model = new Model();
    const onEvent = (event: MapEvent): void => void this.events.push(event);
    const given = { ...MAP, hash, onEvent, ...options };
    assertExact((await manager(this.directory, this.enableArrow).map('s', 'op', rows, model.summarise, given)).rows, allSummaries(rows));
    return model.calls.length;
  }

  /** The same as a stream. */
  async streamed(rows: readonly Article[], hash = 'h'): Promise<number> {
    const model = new Model();
    const results: Row[] = [];
    for await (const row of manager(this.directory, this.enableArrow).mapStream('s', 'op', rows, model.summarise, { ...MAP, hash }))
      results.push(row);
    assertExact(results, allSummaries(rows));
    return model.calls.length;
  }

  /** The files of kept results. */
  get files(): string[] {
    return existsSync(this.kept) ? readdirSync(this.kept).filter((name) => name.startsWith('kept_')) : [];
  }
}
