import { useEffect, useState } from 'preact/hooks';
import type { Difference, Entry, Listing, Opened } from '../../lib/cli/view/wire.js';
import { hrefOf, type Route } from '../data/route.js';
import { useAnswer } from '../data/use-answer.js';
import { printable } from '../data/visible.js';
import { DifferenceView } from '../parts/difference-view.jsx';
import { Notice } from '../parts/notice.jsx';

/** Columns that most likely name a row. */
const KEYS = ['id', 'key', '_id', 'uuid', 'url', 'doc_id', 'name'];
const STEP = 100;
const MOST = 500;

/** What differs between two checkpoints. */
export function DifferencePage({ listing, route }: { listing: Listing; route: Route }) {
  const [, a = '', b = ''] = route.parts;
  const entries = listing.places.flatMap((place) => place.entries).filter(({ error }) => error === null);
  const one = useAnswer<Opened>('open', { id: a });
  const other = useAnswer<Opened>('open', { id: b });
  const [limit, setLimit] = useState(STEP);
  const shared =
    one.value?.columns.map(({ name }) => name).filter((name) => other.value?.columns.some((column) => column.name === name)) ?? [];
  const guess = KEYS.find((name) => shared.includes(name));
  const given = route.params.getAll('key');
  const key = given.length > 0 ? given.filter((name) => name !== '') : guess === undefined ? [] : [guess];
  const isReady = one.value !== undefined && other.value !== undefined;
  const { value, error, isAsking } = useAnswer<Difference>('difference', isReady ? { a, b, key, limit } : null);
  const [kept, setKept] = useState<Difference>();
  useEffect(() => {
    if (value !== undefined) setKept(value);
  }, [value]);
  useEffect(() => setKept(undefined), [a, b, key.join('\n')]);
  const go = (next: { a?: string; b?: string; key?: string }): void =>
    void (location.hash = hrefOf(['diff', next.a ?? a, next.b ?? b], next.key === undefined ? {} : { key: next.key }));
  const shown = value ?? kept;
  const trouble = one.error ?? other.error ?? error;
  return (
    <main>
      <div class="scroll" tabIndex={0} role="region" aria-label="Difference">
        <div class="bar pickers">
          <h1>Difference</h1>
          <Picker label="from" entries={entries} id={a} listing={listing} onPick={(id) => go({ a: id })} />
          <button type="button" aria-label="The other way round" onClick={() => go({ a: b, b: a })}>
            ⇄
          </button>
          <Picker label="to" entries={entries} id={b} listing={listing} onPick={(id) => go({ b: id })} />
          <label>
            rows matched by
            <select value={key[0] ?? ''} onChange={(event) => go({ key: event.currentTarget.value })}>
              <option value="">position</option>
              {shared.map((name) => (
                <option key={name} value={name}>
                  {printable(name)}
                </option>
              ))}
            </select>
          </label>
        </div>
        {trouble !== undefined && <Notice trouble={trouble} />}
        {shown === undefined ? isAsking && <p class="empty">Comparing …</p> : <DifferenceView difference={shown} />}
        {shown !== undefined && shown.notShown > 0 && limit < MOST && (
          <p class="pad">
            <button type="button" onClick={() => setLimit(Math.min(MOST, limit + STEP))}>
              Show more
            </button>
          </p>
        )}
      </div>
    </main>
  );
}

interface PickerProps {
  label: string;
  entries: readonly Entry[];
  id: string;
  listing: Listing;
  onPick: (id: string) => void;
}

function Picker({ label, entries, id, listing, onPick }: PickerProps) {
  const isMany = listing.places.length > 1;
  return (
    <label>
      {label}
      <select value={id} onChange={(event) => onPick(event.currentTarget.value)}>
        {entries.map((entry) => (
          <option key={entry.id} value={entry.id}>
            {printable(isMany || entry.step === null ? entry.path : `${entry.step} / ${entry.operation}`)}
          </option>
        ))}
      </select>
    </label>
  );
}
