import { setTimeout } from 'node:timers/promises';
import { CheckpointManager, type MapOptions, type Row } from 'arrow-ckpt';

/** An article, as rows of a pipeline are. */
export interface Article extends Row {
  id: number;
  title: string;
}

/** What the operation of these tests makes of it. */
export interface Summary extends Row {
  id: number;
  part: number;
  text: string;
}

export function articles(count: number): Article[] {
  return Array.from({ length: count }, (_, id) => ({ id, title: `article ${id}` }));
}

/** One row in ten has no summary, one in ten has three. */
export function summaries({ id, title }: Article): Summary[] {
  const parts = id % 10 === 3 ? 0 : id % 10 === 7 ? 3 : 1;
  return Array.from({ length: parts }, (_, part) => ({ id, part, text: `${title}, part ${part}` }));
}

export function allSummaries(rows: readonly Article[]): Summary[] {
  return rows.flatMap(summaries);
}

/** Counts its calls; may be slow, and fails where `fails` says so. */
export class Model {
  calls: number[] = [];
  running = 0;
  mostRunning = 0;

  constructor(
    readonly delay: () => number = () => 0,
    readonly fails: (row: Article, calls: number) => boolean = () => false,
  ) {}

  readonly summarise = async (row: Article): Promise<Summary[]> => {
    this.calls.push(row.id);
    this.mostRunning = Math.max(this.mostRunning, ++this.running);
    try {
      const ms = this.delay();
      await (ms > 0 ? setTimeout(ms) : Promise.resolve());
      if (this.fails(row, this.calls.length)) throw new Error(`the model is busy with ${row.id}`);
      return summaries(row);
    } finally {
      this.running--;
    }
  };
}

export const MAP = { key: 'id', hash: 'h', concurrency: 8 } as const satisfies MapOptions<Article>;

export function manager(directory: string | null, enableArrow = true): CheckpointManager {
  return new CheckpointManager(directory, { logger: false, enableArrow });
}
