import type { Bar, Profile } from '../../lib/cli/view/wire.js';
import { printable } from '../data/visible.js';
import { countText, numberText } from '../data/words.js';
import { CellText } from './cell-text.jsx';

/** What a column holds: counts, ends, a histogram or the most frequent values. */
export function ProfileCard({ profile }: { profile: Profile }) {
  const { name, type, rows, nulls, missing, kinds, distinct, min, max, mean, histogram, top } = profile;
  const facts: [string, string][] = [
    ['Nulls', share(nulls, rows)],
    ...(missing > 0 ? [['Missing', share(missing, rows)] as [string, string]] : []),
    ...(distinct === null ? [] : [['Distinct', `${distinct.isExact ? '' : '> '}${countText(distinct.count)}`] as [string, string]]),
    ...(min === null ? [] : [['Min', min] as [string, string]]),
    ...(max === null ? [] : [['Max', max] as [string, string]]),
    ...(mean === null ? [] : [['Mean', numberText(mean)] as [string, string]]),
  ];
  return (
    <article class="card">
      <h3>
        <bdi>{printable(name)}</bdi> <code>{printable(type)}</code>
      </h3>
      <dl class="facts-list">
        {facts.map(([fact, value]) => (
          <div key={fact}>
            <dt>{fact}</dt>
            <dd title={value}>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      {kinds.length > 1 && <p class="facts">{kinds.map(([kind, count]) => `${countText(count)} of ${kind}`).join(', ')}</p>}
      {top.length > 0 && (histogram === null || histogram.of === 'lengths' || (distinct?.count ?? 0) <= 12) ? (
        <ol class="top" aria-label="Most frequent values">
          {top.slice(0, 6).map(({ cell, count }) => (
            <li key={`${cell[0]} ${cell[1]}`}>
              <span class="top-bar" style={{ width: `${Math.max(0.5, (count / (top[0]?.count ?? 1)) * 100)}%` }} />
              <span class="top-value">
                <CellText cell={cell} />
              </span>
              <span class="top-count">{countText(count)}</span>
            </li>
          ))}
        </ol>
      ) : (
        histogram !== null && <Bars bars={histogram.bars} of={histogram.of} />
      )}
    </article>
  );
}

const WIDTH = 240;
const HEIGHT = 64;

/** A histogram. */
function Bars({ bars, of }: { bars: readonly Bar[]; of: NonNullable<Profile['histogram']>['of'] }) {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const width = WIDTH / bars.length;
  const text = (value: number): string => (of === 'dates' ? new Date(value).toISOString().slice(0, 10) : numberText(value));
  const [first, last] = [bars[0], bars.at(-1)];
  if (first === undefined || last === undefined) return null;
  if (bars.length === 1) return <p class="facts">{of === 'lengths' ? `All have the length ${text(first.from)}.` : 'All are the same.'}</p>;
  return (
    <figure class="bars">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Histogram from ${text(first.from)} to ${text(last.to)}`}
      >
        {bars.map(({ from, to, count }, index) => {
          const height = count === 0 ? 0 : Math.max(1.5, (count / most) * (HEIGHT - 2));
          return (
            <rect key={from} x={index * width + 0.5} y={HEIGHT - height} width={Math.max(0.5, width - 1)} height={height} rx={1}>
              <title>{`${text(from)} – ${text(to)}: ${countText(count)}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption>
        <span>{text(first.from)}</span>
        {of === 'lengths' && <span>length</span>}
        <span>{text(last.to)}</span>
      </figcaption>
    </figure>
  );
}

function share(count: number, rows: number): string {
  if (count === 0 || rows === 0) return '0';
  return `${countText(count)} (${((count / rows) * 100).toFixed(1)}%)`;
}
