import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Entry, JsonSize } from '../../lib/cli/view/wire.js';
import { countText, sizeText } from '../data/words.js';
import { namedBars } from '../data/named-bars.js';
import { useTheme } from '../data/use-theme.js';
import { printable } from '../data/visible.js';

const HEIGHT = 206;
/** Of the longest name below a bar. */
const NAME_WIDTH = 110;
/** At both sides, as the style has it. */
const PADDING = 8;

/** Sizes over the steps: as JSON, in files of their own, and in files that are shared. A point is clicked to open its checkpoint. */
export function SizeChart({
  entries,
  sizes,
  onOpen,
}: {
  entries: readonly Entry[];
  sizes: ReadonlyMap<string, JsonSize>;
  onOpen: (entry: Entry) => void;
}) {
  const theme = useTheme();
  const box = useRef<HTMLDivElement>(null);
  const shown = useRef(entries);
  shown.current = entries;
  useEffect(() => {
    const parent = box.current;
    if (parent === null) return;
    const colour = (name: string): string => colourOf(parent, name);
    const chart = new uPlot(optionsOf(widthOf(parent), colour, shown), dataOf(entries, sizes), parent);
    const resized = new ResizeObserver(() => chart.setSize({ width: widthOf(parent), height: HEIGHT }));
    resized.observe(parent);
    chart.over.addEventListener('click', () => {
      const entry = shown.current[chart.cursor.idx ?? -1];
      if (entry !== undefined) onOpen(entry);
    });
    return () => {
      resized.disconnect();
      chart.destroy();
    };
  }, [entries, sizes, theme]);
  const label = `Sizes of ${countText(entries.length)} checkpoints as JSON, own and shared; the table below has the same numbers`;
  return <div ref={box} class="chart" role="img" aria-label={label} />;
}

function widthOf(parent: HTMLElement): number {
  return parent.clientWidth - 2 * PADDING;
}

/** A colour of the style as a canvas takes it: what the theme makes of it. */
function colourOf(parent: HTMLElement, name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  parent.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Round sizes, in powers of two. */
const STEPS = Array.from({ length: 48 }, (_, power) => 2 ** power);

function dataOf(entries: readonly Entry[], sizes: ReadonlyMap<string, JsonSize>): uPlot.AlignedData {
  return [
    entries.map((_, index) => index),
    entries.map(({ id, bytes, format }) => (format === 'json' || format === 'jsonl' ? bytes : (sizes.get(id)?.bytes ?? null))),
    // Shared bytes are drawn behind the own ones, and stand on them.
    entries.map(({ bytes, sharedBytes }) => bytes + sharedBytes),
    entries.map(({ bytes }) => bytes),
  ];
}

function optionsOf(width: number, colour: (name: string) => string, shown: { current: readonly Entry[] }): uPlot.Options {
  const nameOf = (index: number | null): string => {
    const entry = index === null ? undefined : shown.current[index];
    return entry === undefined ? '' : printable(entry.step === null ? entry.operation : `${entry.step} / ${entry.operation}`);
  };
  const bars = uPlot.paths.bars?.({ size: [0.7, 60] });
  const value = (_: uPlot, bytes: number | null): string => (bytes === null ? '' : sizeText(bytes));
  const axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
  const drawn = (paths: uPlot.Series.PathBuilder | undefined): Pick<uPlot.Series, 'paths'> => (paths === undefined ? {} : { paths });
  return {
    width,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    cursor: { y: false, drag: { x: true, y: false } },
    scales: { x: { time: false, range: (_, min, max) => [min - 0.6, max + 0.6] }, y: { range: (_, __, max) => [0, max * 1.05 || 1] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 42,
        splits: ({ width: now }) => namedBars(shown.current, Math.floor(now / NAME_WIDTH)),
        values: (_, splits) => splits.map((index, at) => barName(shown.current[index], shown.current[splits[at - 1] ?? -1])),
      },
      { ...axis, size: 64, incrs: STEPS, values: (_, splits) => splits.map((bytes) => sizeText(bytes)) },
    ],
    series: [
      { label: 'Checkpoint', value: (_, index) => nameOf(index) },
      { label: 'as JSON', value, stroke: colour('--json'), fill: colour('--json'), points: { show: false }, ...drawn(bars) },
      {
        label: 'shared',
        // What is drawn is the sum.
        value: (_, __, ___, index) => (index === null ? '' : sizeText(shown.current[index]?.sharedBytes ?? 0)),
        stroke: colour('--shared'),
        fill: colour('--shared'),
        points: { show: false },
        ...drawn(bars),
      },
      { label: 'own', value, stroke: colour('--own'), fill: colour('--own'), points: { show: false }, ...drawn(bars) },
    ],
  };
}

/** The operation, and below it the step where it is not that of the name before. */
function barName(entry: Entry | undefined, before: Entry | undefined): string {
  if (entry === undefined) return '';
  const { step, operation } = entry;
  return step === null || step === before?.step ? cut(operation) : `${cut(operation)}\n${cut(step)}`;
}

function cut(text: string): string {
  const name = printable(text);
  return name.length > 14 ? `${name.slice(0, 13)}…` : name;
}
