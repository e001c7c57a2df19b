import { Bench } from 'tinybench';
import type { Sample } from './measure/sample.ts';

/** One series of samples: one contestant, one operation. */
export interface Series {
  contestant: string;
  operation: 'save' | 'load';
  samples: Sample[];
  /** Medians of the samples; absent when none succeeded. */
  median?: Medians;
  /** Why the series ended early. */
  error?: string;
}

export interface Medians {
  wallMs: number;
  mainMs: number | null;
  mainCpuMs: number | null;
  loopMaxMs: number | null;
  loopP99Ms: number | null;
  peakOverMB: number | null;
  bytes: number;
}

/** One measurement to repeat. */
export interface Job {
  contestant: string;
  operation: 'save' | 'load';
  run(): Promise<Sample>;
}

/**
 * Runs every job `runs` times with tinybench and returns their samples. Tinybench runs the tasks concurrently, and each waits for
 * its turn in one queue: first in, first out, so the rounds are interleaved (A B C A B C ...), and a machine that gets slower or
 * busier does so for all alike. Only one measurement runs at a time.
 */
export async function runSeries(jobs: readonly Job[], runs: number, onSample: (job: Job, sample: Sample) => void): Promise<Series[]> {
  const bench = new Bench({ iterations: runs, time: 0, warmup: false, concurrency: 'bench', retainSamples: true });
  const all: Series[] = [];
  let last: Promise<unknown> = Promise.resolve();
  for (const job of jobs) {
    const series: Series = { contestant: job.contestant, operation: job.operation, samples: [] };
    all.push(series);
    const takeTurn = async (): Promise<{ overriddenDuration: number }> => {
      const turn = last.then(() => job.run());
      last = turn.catch(() => undefined);
      const sample = await turn;
      series.samples.push(sample);
      onSample(job, sample);
      // The child timed itself; the time here would include its start and the making of the rows.
      return { overriddenDuration: sample.wallMs };
    };
    bench.add(`${job.contestant} ${job.operation}`, takeTurn, { async: true });
  }
  const tasks = await bench.run();
  tasks.forEach((task, i) => {
    const series = all[i]!;
    if (task.result.state === 'errored') series.error = task.result.error.message;
    if (series.samples.length > 0) series.median = medians(series.samples);
  });
  return all;
}

function medians(samples: readonly Sample[]): Medians {
  return {
    wallMs: median(samples.map((s) => s.wallMs))!,
    mainMs: median(samples.map((s) => s.main?.activeMs)),
    mainCpuMs: median(samples.map((s) => s.main?.cpuMs)),
    loopMaxMs: median(samples.map((s) => s.loop?.maxMs)),
    loopP99Ms: median(samples.map((s) => s.loop?.p99Ms)),
    peakOverMB: median(samples.map((s) => s.memory?.peakOverMB)),
    bytes: median(samples.map((s) => s.bytes))!,
  };
}

/** The median of the numbers; null when one is missing. */
export function median(values: readonly (number | null | undefined)[]): number | null {
  const numbers = values.filter((value): value is number => typeof value === 'number').sort((a, b) => a - b);
  if (numbers.length < values.length || numbers.length === 0) return null;
  const middle = numbers.length >> 1;
  return numbers.length % 2 === 1 ? numbers[middle]! : (numbers[middle - 1]! + numbers[middle]!) / 2;
}
