import { useEffect, useState } from 'preact/hooks';
import type { Listing, Opened } from '../../lib/cli/view/wire.js';
import { hrefOf, type Route } from '../data/route.js';
import { useAnswer } from '../data/use-answer.js';
import { printable } from '../data/visible.js';
import { plural, sizeText } from '../data/words.js';
import { Notice } from '../parts/notice.jsx';
import { AboutView } from './about-view.jsx';
import { ProfilesView } from './profiles-view.jsx';
import { TableView } from './table-view.jsx';

const TABS = [
  ['table', 'Table'],
  ['columns', 'Columns'],
  ['about', 'About'],
] as const;

interface CheckpointPageProps {
  id: string;
  tab: string;
  route: Route;
  listing: Listing;
  /** Told what is on the page, so that it is watched; null when it is left. */
  onShow: (shown: { id: string; state: string } | null) => void;
}

/** One checkpoint: its rows, its columns, and what is known of it. */
export function CheckpointPage({ id, tab, route, listing, onShow }: CheckpointPageProps) {
  const { value: opened, error, isAsking, again } = useAnswer<Opened>('open', { id });
  const [copied, setCopied] = useState<string>();
  useEffect(() => {
    onShow(opened === undefined ? null : { id, state: opened.state });
    return () => onShow(null);
  }, [id, opened]);
  if (error !== undefined)
    return (
      <main>
        <h1 class="hidden">Checkpoint</h1>
        <Notice trouble={error}>
          <button type="button" onClick={again}>
            Try again
          </button>
        </Notice>
      </main>
    );
  if (opened === undefined) return <main aria-busy={isAsking}>{isAsking && <p class="empty">Opening …</p>}</main>;
  const { entry, rows, columns } = opened;
  const others = listing.places.flatMap(({ entries }) => entries).filter((other) => other.id !== id && other.error === null);
  const name = entry.step === null ? entry.operation : `${entry.step} / ${entry.operation}`;
  return (
    <main class="checkpoint">
      <div class="bar">
        <h1>
          <bdi>{printable(name)}</bdi>
        </h1>
        <span class="facts">
          {plural(rows, 'row')}, {plural(columns.length, 'column')}, {sizeText(entry.bytes)}
          {entry.sharedBytes > 0 && <> and {sizeText(entry.sharedBytes)} shared</>}
        </span>
        <nav class="tabs" aria-label="Views of this checkpoint">
          {TABS.map(([key, title]) => (
            <a key={key} href={hrefOf(key === 'table' ? ['c', id] : ['c', id, key])} aria-current={tab === key ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <span class="grow" />
        {others.length > 0 && (
          <select
            aria-label="Compare with another checkpoint"
            value=""
            onChange={(event) => void (location.hash = hrefOf(['diff', event.currentTarget.value, id]))}
          >
            <option value="">Compare with …</option>
            {others.slice(0, 500).map((other) => (
              <option key={other.id} value={other.id}>
                {printable(other.step === null ? other.path : `${other.step} / ${other.operation}`)}
                {listing.places.length > 1 ? ` (${printable(other.path)})` : ''}
              </option>
            ))}
          </select>
        )}
      </div>
      {tab === 'columns' ? (
        <ProfilesView opened={opened} />
      ) : tab === 'about' ? (
        <AboutView opened={opened} />
      ) : (
        <TableView key={opened.state} opened={opened} route={route} onCopied={setCopied} />
      )}
      <p class="toast" role="status">
        {copied}
      </p>
    </main>
  );
}
