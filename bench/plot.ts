/** A line of a plot: its points from left to right. */
export interface Line {
  name: string;
  colour: string;
  dashed: boolean;
  points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 420;
const HEIGHT = 300;
const LEFT = 62;
const BOTTOM = 44;
const TOP = 34;
const RIGHT = 14;

/** A panel of a plot with logarithmic axes, as SVG; `at`: how far to the right it stands. */
function panel(title: string, unit: string, lines: readonly Line[], at: number): string {
  const points = lines.flatMap((line) => line.points);
  const [left, right] = range(points.map(([x]) => x));
  const [low, high] = range(points.map(([, y]) => y));
  const place = (value: number, from: number, to: number): number => (Math.log10(value) - from) / (to - from || 1);
  const x = (value: number): number => round(LEFT + place(value, left, right) * (WIDTH - LEFT - RIGHT));
  const y = (value: number): number => round(HEIGHT - BOTTOM - place(value, low, high) * (HEIGHT - TOP - BOTTOM));
  const parts = [`<text x="${LEFT}" y="18" class="title">${title}</text>`];
  for (let power = low; power <= high; power++) {
    const value = 10 ** power;
    parts.push(`<path d="M${LEFT} ${y(value)}H${WIDTH - RIGHT}" class="grid"/>`);
    parts.push(`<text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${label(value)}</text>`);
  }
  for (let power = left; power <= right; power++) {
    parts.push(`<text x="${x(10 ** power)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${label(10 ** power)}</text>`);
  }
  parts.push(`<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">rows</text>`);
  parts.push(`<text transform="translate(14 ${HEIGHT / 2}) rotate(-90)" text-anchor="middle">${unit}</text>`);
  for (const { colour, dashed, points: own } of lines) {
    if (own.length === 0) continue;
    const path = own.map(([a, b], index) => `${index === 0 ? 'M' : 'L'}${x(a)} ${y(b)}`).join('');
    parts.push(`<path d="${path}" class="line" stroke="${colour}"${dashed ? ' stroke-dasharray="6 4"' : ''}/>`);
    for (const [a, b] of own) parts.push(`<circle cx="${x(a)}" cy="${y(b)}" r="3" fill="${colour}"/>`);
  }
  return `<g transform="translate(${at} 0)">\n${parts.join('\n')}\n</g>`;
}

/** Panels side by side, with one legend below, as an SVG file. All have the same names and colours of lines. */
export function plot(panels: readonly { title: string; unit: string; lines: readonly Line[] }[]): string {
  const legend = panels[0]!.lines.map(({ name, colour, dashed }, index) => {
    const at = LEFT + index * 180;
    const dash = dashed ? ' stroke-dasharray="6 4"' : '';
    return `<path d="M${at} ${HEIGHT + 14}h28" class="line" stroke="${colour}"${dash}/>
<text x="${at + 36}" y="${HEIGHT + 18}">${name}</text>`;
  });
  const width = panels.length * WIDTH;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT + 30}" width="${width}" height="${HEIGHT + 30}">
<style>
text { font: 12px sans-serif; fill: #444 }
.title { font-weight: bold }
.grid { stroke: #ddd; fill: none }
.line { stroke-width: 2; fill: none }
</style>
<rect width="100%" height="100%" fill="#fff"/>
${panels.map(({ title, unit, lines }, index) => panel(title, unit, lines, index * WIDTH)).join('\n')}
${legend.join('\n')}
</svg>
`;
}

/** The powers of ten around values. */
function range(values: readonly number[]): [number, number] {
  const logs = values.map((value) => Math.log10(value));
  return [Math.floor(Math.min(...logs) + 1e-9), Math.ceil(Math.max(...logs) - 1e-9)];
}

function label(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e3 ? `${value / 1e3}k` : String(Number(value.toPrecision(2)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
