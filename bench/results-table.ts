import type { Medians, Series } from './series.ts';
import { formatTable, showMs, showRatio } from './table.ts';

const HEADER = [
  'contestant',
  'wall ms',
  'x json',
  'main ms',
  'x json',
  'cpu ms',
  'x json',
  'loop max',
  'loop p99',
  'RSS +MB',
  'file MB',
  'x json',
];

function ratio(value: number | null | undefined, base: number | null | undefined): number | null {
  return typeof value === 'number' && typeof base === 'number' && base > 0 ? value / base : null;
}

/** `a / b` of one measure of two series of the same operation; null when either is missing. */
export function ratioTo(series: readonly Series[], contestant: string, operation: 'save' | 'load', measure: keyof Medians): number | null {
  const find = (name: string): Medians | undefined => series.find((s) => s.contestant === name && s.operation === operation)?.median;
  return ratio(find(contestant)?.[measure], find('json')?.[measure]);
}

/** The table of one operation; every ratio is to JSON in the same run. */
export function resultsTable(series: readonly Series[], operation: 'save' | 'load', notes: Record<string, string> = {}): string {
  const lines = series
    .filter((s) => s.operation === operation)
    .map((s) => {
      const m = s.median;
      const label = notes[s.contestant] === undefined ? s.contestant : `${s.contestant} ${notes[s.contestant]}`;
      if (m === undefined) return [label, 'failed'];
      const to = (measure: keyof Medians): string => showRatio(ratioTo(series, s.contestant, operation, measure));
      return [
        label,
        showMs(m.wallMs),
        to('wallMs'),
        showMs(m.mainMs),
        to('mainMs'),
        showMs(m.mainCpuMs),
        to('mainCpuMs'),
        showMs(m.loopMaxMs),
        showMs(m.loopP99Ms),
        m.peakOverMB === null ? '-' : m.peakOverMB.toFixed(0),
        (m.bytes / 1e6).toFixed(1),
        to('bytes'),
      ];
    });
  return `${operation}\n${formatTable(HEADER, lines)}`;
}
