// The demo's closing table.

const HEADER = ['step', 'rows', 'MB', 'save ms', 'load ms', 'MB', 'save ms', 'load ms', 'MB', 'save', 'load'];

function cells(store) {
  if (store.error !== undefined) return ['failed', '-', '-'];
  return [(store.bytes / 1e6).toFixed(1), store.save.toFixed(0), store.load.toFixed(0)];
}

function ratios(json, ours) {
  if (json.error !== undefined || ours.error !== undefined) return ['-', '-', '-'];
  return [ours.bytes / json.bytes, ours.save / json.save, ours.load / json.load].map((ratio) => ratio.toFixed(2));
}

function inGroups(line) {
  return [line.slice(0, 2), line.slice(2, 5), line.slice(5, 8), line.slice(8)].map((part) => part.join('  ')).join(' | ');
}

/** The measurements of `timings.mjs` as text; `store` names what arrow-ckpt wrote. */
export function timingsTable(measured, store) {
  const lines = measured.map(({ step, rows, json, ours }) => [step, String(rows), ...cells(json), ...cells(ours), ...ratios(json, ours)]);
  const widths = HEADER.map((title, i) => Math.max(title.length, ...lines.map((line) => line[i].length)));
  const pad = (line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
  const group = (from, to) => widths.slice(from, to).reduce((sum, width) => sum + width + 2, -2);
  const titles = [' '.repeat(group(0, 2)), 'JSON'.padEnd(group(2, 5)), store.padEnd(group(5, 8)), 'ratio (JSON = 1)'].join(' | ');
  return [titles, inGroups(pad(HEADER)), ...lines.map((line) => inGroups(pad(line)))].join('\n');
}
