import type { Difference, PlaceDifference, RowChange, Shown } from '../../lib/cli/view/wire.js';
import type { ValuePlace } from '../data/value-place.js';
import { printable, visible } from '../data/visible.js';
import { countText, plural } from '../data/words.js';
import { changedWords } from '../data/changed-words.js';
import { ShownValue } from './shown-value.jsx';

/** Values of a difference hold what is shown of them, and no more. */
const NOWHERE: ValuePlace = { asked: null, path: [] };

/** Counts, columns and rows that differ, with the changed words of texts marked. */
export function DifferenceView({ difference }: { difference: Difference }) {
  const { a, b, counts, columns, matchedBy, rows, notShown } = difference;
  const same = counts.changed + counts.added + counts.removed === 0;
  return (
    <>
      <ul class="counts">
        <li>
          {countText(a.rows)} → {plural(b.rows, 'row')}
        </li>
        <li>{countText(counts.equal)} equal</li>
        <li>{countText(counts.changed)} changed</li>
        <li class="added">{countText(counts.added)} added</li>
        <li class="removed">{countText(counts.removed)} removed</li>
        <li>matched by {matchedBy.length === 0 ? 'position' : matchedBy.map(printable).join(', ')}</li>
      </ul>
      {columns.added.length + columns.removed.length + columns.changed.length > 0 && (
        <ul class="counts" aria-label="Columns that differ">
          {columns.removed.map((name) => (
            <li key={name} class="removed">
              − <bdi>{printable(name)}</bdi>
            </li>
          ))}
          {columns.added.map((name) => (
            <li key={name} class="added">
              + <bdi>{printable(name)}</bdi>
            </li>
          ))}
          {columns.changed.map(({ name, from, to }) => (
            <li key={name}>
              <bdi>{printable(name)}</bdi>: <code>{printable(from)}</code> → <code>{printable(to)}</code>
            </li>
          ))}
        </ul>
      )}
      {same && <p class="empty">No row differs.</p>}
      <ol class="changes">
        {rows.map((row) => (
          <Changed key={`${row.change} ${row.a} ${row.b}`} row={row} />
        ))}
      </ol>
      {notShown > 0 && <p class="facts pad">{plural(notShown, 'more row')} not shown.</p>}
    </>
  );
}

function Changed({ row: { change, a, b, key, differences, more, row } }: { row: RowChange }) {
  const place = a !== null && b !== null && a !== b ? `row ${countText(a)}, now ${countText(b)}` : `row ${countText(a ?? b ?? 0)}`;
  return (
    <li class={`change ${change}`}>
      <h3>
        {key?.kind === 'object' ? (
          key.entries.map(([name, value]) => <KeyValue key={name} name={name} value={value} />)
        ) : (
          <span>{place}</span>
        )}
        <small>
          {key !== null && `${place}, `}
          {change}
        </small>
      </h3>
      {differences.map((difference) => (
        <PlaceChange key={difference.path} difference={difference} />
      ))}
      {more > 0 && <p class="facts">{plural(more, 'more place')} in this row.</p>}
      {row !== null && <ShownValue value={row} place={NOWHERE} depth={1} />}
    </li>
  );
}

function KeyValue({ name, value }: { name: string; value: Shown }) {
  return (
    <span>
      <bdi>{printable(name)}</bdi> <ShownValue value={value} place={NOWHERE} />
    </span>
  );
}

function PlaceChange({ difference: { path, change, from, to } }: { difference: PlaceDifference }) {
  const words = from?.kind === 'string' && to?.kind === 'string' ? changedWords(visible(from.text), visible(to.text)) : undefined;
  return (
    <div class="place-change">
      <code>
        <bdi>{path === '' ? 'the row' : printable(path)}</bdi>
      </code>
      {words !== undefined ? (
        <div class="text" dir="auto">
          {words.map(({ kind, text }, index) =>
            kind === 'same' ? (
              <span key={index}>{text}</span>
            ) : kind === 'added' ? (
              <ins key={index}>{text}</ins>
            ) : (
              <del key={index}>{text}</del>
            ),
          )}
        </div>
      ) : change === 'order' ? (
        <p class="facts">keys in another order</p>
      ) : (
        <div class="sides">
          {from !== undefined && (
            <del>
              <ShownValue value={from} place={NOWHERE} depth={1} />
            </del>
          )}
          {from !== undefined && to !== undefined && ' → '}
          {to !== undefined && (
            <ins>
              <ShownValue value={to} place={NOWHERE} depth={1} />
            </ins>
          )}
        </div>
      )}
    </div>
  );
}
