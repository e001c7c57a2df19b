import type { MapProgress } from './events.js';

/** A progress bar of a `map`. */
export interface MapBar {
  update(progress: MapProgress): void;
  close(): void;
}

const NO_BAR: MapBar = { update() {}, close() {} };

/** A bar on stderr; nothing where that is no terminal. Its package is loaded only then. */
export async function openBar(operation: string): Promise<MapBar> {
  if (!process.stderr.isTTY) return NO_BAR;
  const { SingleBar } = (await import('cli-progress')).default;
  // eslint-disable-next-line no-control-regex -- a name must not steer the terminal
  const name = operation.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?');
  const bar = new SingleBar({
    format: (_options, { progress }, { rows, totalRows, resumed, failed, rate, secondsLeft, pausedUntil, usage }: MapProgress) => {
      const of = totalRows === undefined ? '' : ` of ${totalRows}`;
      const parts = [
        `${name}: ${rows}${of} rows`,
        ...(resumed > 0 ? [`${resumed} resumed`] : []),
        ...(failed > 0 ? [`${failed} failed`] : []),
        ...(usage.run.cost > 0 ? [`cost ${costText(usage.run.cost)}`] : []),
        `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} rows/s`,
        ...(pausedUntil === undefined ? [] : [`paused until ${pausedUntil.toTimeString().slice(0, 8)}`]),
        ...(secondsLeft === undefined ? [] : [`${timeText(secondsLeft)} left`]),
      ];
      const text = parts.join(', ');
      const room = Math.min(30, (process.stderr.columns || 80) - text.length - 3);
      const full = Math.round(Math.min(1, progress) * room);
      const drawn = totalRows === undefined || room < 8 ? '' : `${'█'.repeat(full)}${'░'.repeat(room - full)} `;
      return (drawn + text).slice(0, (process.stderr.columns || 80) - 1);
    },
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  let started = false;
  return {
    update(progress) {
      if (!started) bar.start(progress.totalRows ?? 0, progress.rows, progress);
      started = true;
      bar.update(progress.rows, progress);
    },
    close: () => bar.stop(),
  };
}

/** `1:05`, `2:00:00`. */
export function timeText(seconds: number): string {
  const whole = Math.ceil(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** A sum of money with the digits that matter: `12.35`, `0.0042`. */
export function costText(cost: number): string {
  return cost >= 0.01 || cost === 0 ? cost.toFixed(2) : String(Number(cost.toPrecision(2)));
}
