import { useMemo, useState } from 'preact/hooks';
import type { Entry, JsonSize, Listing, Place } from '../../lib/cli/view/wire.js';
import { hrefOf } from '../data/route.js';
import { useSizes } from '../data/use-sizes.js';
import { printable } from '../data/visible.js';
import { costText, countText, plural, shortHash, sizeText, timeText } from '../data/words.js';
import { DataGrid, type GridColumn } from '../parts/data-grid.jsx';
import { Notice } from '../parts/notice.jsx';
import { RunningMaps } from '../parts/running-maps.jsx';
import { SizeChart } from '../parts/size-chart.jsx';

/** The directories and files that the viewer was started with. */
export function DirectoryPage({ listing, isTold }: { listing: Listing; isTold: boolean }) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const all = useMemo(() => listing.places.flatMap(({ entries }) => entries), [listing]);
  const sizes = useSizes(all);
  const choose = (id: string): void =>
    setChosen((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before.slice(-1), id]));
  const [a, b] = chosen;
  return (
    <main class={`directory${listing.places.length === 1 ? ' single' : ''}`} aria-busy={!isTold}>
      <h1 class="hidden">Checkpoints</h1>
      {listing.places.map((place) => (
        <PlaceView key={place.path} place={place} sizes={sizes} chosen={chosen} choose={choose} isOnly={listing.places.length === 1} />
      ))}
      {chosen.length > 0 && (
        <div class="chosen" role="status">
          {a !== undefined && b !== undefined ? (
            <a class="button primary" href={hrefOf(['diff', a, b])}>
              Compare the two chosen
            </a>
          ) : (
            <span>Choose another checkpoint to compare with.</span>
          )}
          <button type="button" onClick={() => setChosen([])}>
            Clear
          </button>
        </div>
      )}
    </main>
  );
}

interface PlaceProps {
  place: Place;
  sizes: ReadonlyMap<string, JsonSize>;
  chosen: readonly string[];
  choose: (id: string) => void;
  isOnly: boolean;
}

function PlaceView({ place, sizes, chosen, choose, isOnly }: PlaceProps) {
  const [text, setText] = useState('');
  const [sort, setSort] = useState<{ key: string; descending: boolean } | null>(null);
  const entries = useMemo(
    () =>
      sorted(
        place.entries.filter((entry) => nameOf(entry).toLowerCase().includes(text.toLowerCase())),
        sort,
        sizes,
      ),
    [place, text, sort, sizes],
  );
  const columns = columnsOf(place, sort);
  const total = place.entries.reduce((sum, { bytes }) => sum + bytes, 0);
  const rows = place.entries.reduce((sum, entry) => sum + entry.rows, 0);
  const damaged = place.entries.filter(({ error }) => error !== null).length;
  const open = (entry: Entry): void => void (location.hash = hrefOf(['c', entry.id]));
  const sort1 = (index: number): void => {
    const key = columns[index]?.key ?? '';
    setSort((before) => (before?.key !== key ? { key, descending: false } : before.descending ? null : { key, descending: true }));
  };
  return (
    <section class="place">
      <div class="bar">
        <h2>
          <bdi>{printable(place.path)}</bdi>
        </h2>
        <span class="facts">
          {plural(place.entries.length, 'checkpoint')}, {plural(rows, 'row')}, {sizeText(total)}
          {damaged > 0 && <strong class="bad">, {countText(damaged)} damaged</strong>}
        </span>
        <span class="grow" />
        {place.entries.length > 8 && (
          <input
            type="search"
            placeholder="Filter by name"
            aria-label="Filter checkpoints by name"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
      </div>
      {place.troubles.map((trouble) => (
        <Notice key={trouble.message} trouble={trouble} />
      ))}
      <RunningMaps maps={place.maps} />
      {place.entries.length > 1 && <SizeChart entries={place.entries} sizes={sizes} onOpen={open} />}
      {place.entries.length === 0 ? (
        <p class="empty">There are no checkpoints here yet.</p>
      ) : (
        <div class={isOnly ? 'fill' : 'fit'} style={isOnly ? {} : { height: `${Math.min(14, entries.length) * 30 + 36}px` }}>
          <DataGrid
            label={`Checkpoints of ${place.path}`}
            columns={columns}
            count={entries.length}
            headerHeight={32}
            cell={(row, column) => cellOf(entries[row] as Entry, columns[column]?.key ?? '', sizes, { chosen, choose })}
            rowClass={(row) => (entries[row]?.error === null ? '' : 'damaged')}
            onSort={sort1}
            onOpen={(row, column) => {
              const entry = entries[row];
              if (entry === undefined) return;
              if (columns[column]?.key === 'choose') choose(entry.id);
              else open(entry);
            }}
          />
        </div>
      )}
    </section>
  );
}

function nameOf({ step, operation }: Entry): string {
  return step === null ? operation : `${step} / ${operation}`;
}

function columnsOf({ entries }: Place, sort: { key: string; descending: boolean } | null): GridColumn[] {
  const has = (test: (entry: Entry) => boolean): boolean => entries.some(test);
  const sortedBy = (key: string): NonNullable<GridColumn['sorted']> =>
    sort?.key !== key ? 'none' : sort.descending ? 'descending' : 'ascending';
  const text = (key: string, title: string, width: number): GridColumn => ({ key, title, width, sorted: sortedBy(key) });
  const number = (key: string, title: string, width: number): GridColumn => ({ ...text(key, title, width), align: 'right' });
  return [
    { key: 'choose', title: <span class="hidden">Compare</span>, width: 36 },
    ...(has(({ step }) => step !== null) ? [text('step', 'Step', 180)] : []),
    text('operation', 'Operation', 230),
    ...(has(({ error }) => error !== null) ? [text('problem', 'Problem', 330)] : []),
    number('rows', 'Rows', 100),
    ...(has(({ failed }) => failed > 0) ? [number('failed', 'Failed', 80)] : []),
    number('json', 'as JSON', 100),
    number('bytes', 'Own', 90),
    ...(has(({ sharedBytes }) => sharedBytes > 0) ? [number('shared', 'Shared', 90)] : []),
    ...(has(({ usage }) => (usage?.cost ?? 0) > 0) ? [number('cost', 'Cost', 80)] : []),
    text('modified', 'Modified', 150),
    text('format', 'Format', 80),
    ...(has(({ hash }) => hash !== null) ? [text('hash', 'Hash', 140)] : []),
  ];
}

function cellOf(
  entry: Entry,
  key: string,
  sizes: ReadonlyMap<string, JsonSize>,
  { chosen, choose }: Pick<PlaceProps, 'chosen' | 'choose'>,
) {
  const { step, operation, path, format, rows, bytes, sharedBytes, modified, hash, failed, usage, error } = entry;
  switch (key) {
    case 'choose':
      return (
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`Compare ${nameOf(entry)}`}
          checked={chosen.includes(entry.id)}
          onClick={(event) => {
            event.stopPropagation();
            choose(entry.id);
          }}
        />
      );
    case 'step':
      return <bdi>{printable(step ?? '')}</bdi>;
    case 'operation':
      return (
        <span>
          <a tabIndex={-1} href={hrefOf(['c', entry.id])}>
            <bdi>{printable(operation)}</bdi>
          </a>
        </span>
      );
    case 'problem':
      return error === null ? null : (
        <span class="bad" title={error.message}>
          {error.code}: <bdi>{error.message.replace(`${printable(path)}: `, '')}</bdi>
        </span>
      );
    case 'rows':
      return error === null ? countText(rows) : '';
    case 'failed':
      return failed > 0 ? countText(failed) : '';
    case 'json': {
      if (format === 'json' || format === 'jsonl') return sizeText(bytes);
      const size = sizes.get(entry.id);
      return size === undefined ? '' : `${size.isExact ? '' : '~'}${sizeText(size.bytes)}`;
    }
    case 'bytes':
      return sizeText(bytes);
    case 'shared':
      return sharedBytes > 0 ? sizeText(sharedBytes) : '';
    case 'cost':
      return usage === null ? '' : costText(usage.cost);
    case 'modified':
      return modified === null ? '' : timeText(modified);
    case 'format':
      return format;
    default:
      return <code title={hash ?? ''}>{shortHash(hash)}</code>;
  }
}

/** Entries in the order of a column; a damaged one stays where its column has nothing. */
function sorted(entries: Entry[], sort: { key: string; descending: boolean } | null, sizes: ReadonlyMap<string, JsonSize>): Entry[] {
  if (sort === null) return entries;
  const valueOf = (entry: Entry): string | number => {
    switch (sort.key) {
      case 'step':
        return entry.step ?? '';
      case 'rows':
        return entry.rows;
      case 'failed':
        return entry.failed;
      case 'json':
        return sizes.get(entry.id)?.bytes ?? entry.bytes;
      case 'bytes':
        return entry.bytes;
      case 'shared':
        return entry.sharedBytes;
      case 'cost':
        return entry.usage?.cost ?? 0;
      case 'modified':
        return entry.modified ?? 0;
      case 'format':
        return entry.format;
      case 'hash':
        return entry.hash ?? '';
      case 'problem':
        return entry.error?.code ?? '';
      default:
        return entry.operation;
    }
  };
  const sign = sort.descending ? -1 : 1;
  return entries.toSorted((a, b) => {
    const [one, other] = [valueOf(a), valueOf(b)];
    return one === other ? 0 : one < other ? -sign : sign;
  });
}
