import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Alive, Listing } from '../lib/cli/view/wire.js';
import { ask, NO_SERVER, type Refused } from './data/api.js';
import { hrefOf, useRoute } from './data/route.js';
import { useAnswer } from './data/use-answer.js';
import { printable } from './data/visible.js';
import { CheckpointPage } from './pages/checkpoint-page.jsx';
import { DifferencePage } from './pages/difference-page.jsx';
import { DirectoryPage } from './pages/directory-page.jsx';
import { SqlPage } from './pages/sql-page.jsx';
import { Notice } from './parts/notice.jsx';

/** How often the page asks whether the server and what it shows are still there. */
const ALIVE_MS = 3000;

interface Shown {
  id: string;
  state: string;
}

/** The whole page. */
export function App() {
  const { parts, params } = useRoute();
  // At first what the server knows is enough, to have something to show.
  const [isFirst, setFirst] = useState(true);
  const { value: listing, error, again } = useAnswer<Listing>('list', { known: isFirst ? 'true' : undefined });
  const [kept, setKept] = useState<Listing>();
  const [shown, setShown] = useState<Shown | null>(null);
  const [times, setTimes] = useState(0);
  const isChanged = useWatch(shown);
  const isRunning = (listing ?? kept)?.places.some(({ maps }) => maps.some(({ state }) => state === 'running')) === true;
  useEffect(() => {
    if (listing === undefined) return;
    setKept(listing);
    if (Date.now() - listing.lookedAt > ALIVE_MS) setFirst(false);
  }, [listing]);
  useEffect(() => {
    if (!isRunning || parts.length > 0) return;
    const timer = setInterval(() => (isFirst ? setFirst(false) : again()), ALIVE_MS);
    return () => clearInterval(timer);
  }, [isRunning, parts.length, again, isFirst]);
  const onShow = useCallback((next: Shown | null) => setShown(next), []);
  const [theme, setTheme] = useState<'auto' | 'dark' | 'light'>('auto');
  useEffect(() => {
    if (theme === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  const known = listing ?? kept;
  const entry = known?.places.flatMap(({ entries }) => entries).find(({ id }) => id === parts[1]);
  const reload = (): void => {
    if (isFirst) setFirst(false);
    else again();
    setTimes((count) => count + 1);
  };
  useEffect(() => {
    document.title = entry === undefined ? 'arrow-ckpt' : `${printable(entry.operation)} – arrow-ckpt`;
  }, [entry]);
  return (
    <>
      <header>
        <a class="brand" href="#/">
          arrow-ckpt
        </a>
        <nav aria-label="Place">
          {known !== undefined && (
            <a href="#/">
              <bdi>{printable(known.places.map(({ path }) => path).join(', '))}</bdi>
            </a>
          )}
          {entry !== undefined && parts[0] === 'c' && (
            <>
              <span aria-hidden="true">›</span>
              <a href={hrefOf(['c', entry.id])}>
                <bdi>{printable(entry.step === null ? entry.operation : `${entry.step} / ${entry.operation}`)}</bdi>
              </a>
            </>
          )}
        </nav>
        <span class="grow" />
        <a href="#/sql" aria-current={parts[0] === 'sql' ? 'page' : undefined}>
          SQL
        </a>
        <button type="button" onClick={reload}>
          Reload
        </button>
        <button type="button" onClick={() => setTheme(theme === 'auto' ? 'dark' : theme === 'dark' ? 'light' : 'auto')}>
          Theme: {theme}
        </button>
      </header>
      {isChanged === 'gone' && (
        <Notice
          trouble={{ code: NO_SERVER, message: 'The viewer has ended. What is shown may be old; start it again with arrow-ckpt view.' }}
        />
      )}
      {isChanged === 'changed' && (
        <Notice trouble={{ code: 'ERR_CKPT_CHANGED', message: 'This checkpoint was replaced or removed while it was shown.' }}>
          <button type="button" onClick={reload}>
            Load it again
          </button>
        </Notice>
      )}
      {error !== undefined && isChanged !== 'gone' && <Notice trouble={error} />}
      {known === undefined ? (
        <main aria-busy={error === undefined}>
          <h1 class="hidden">Checkpoints</h1>
        </main>
      ) : parts[0] === 'c' && parts[1] !== undefined ? (
        <CheckpointPage
          key={`${parts[1]} ${times}`}
          id={parts[1]}
          tab={parts[2] ?? 'table'}
          route={{ parts, params }}
          listing={known}
          onShow={onShow}
        />
      ) : parts[0] === 'diff' && parts[2] !== undefined ? (
        <DifferencePage key={times} listing={known} route={{ parts, params }} />
      ) : parts[0] === 'sql' ? (
        <SqlPage key={times} />
      ) : (
        <DirectoryPage listing={known} isTold={listing !== undefined} />
      )}
    </>
  );
}

/** Whether the server has ended, or what is shown was replaced. */
function useWatch(shown: Shown | null): 'fine' | 'changed' | 'gone' {
  const [state, setState] = useState<'fine' | 'changed' | 'gone'>('fine');
  useEffect(() => {
    const gone = new AbortController();
    const look = (): void => {
      ask<Alive>('alive', shown === null ? {} : { ...shown }, gone.signal).then(
        ({ changed }) => setState(changed ? 'changed' : 'fine'),
        (error: Refused) => {
          if (!gone.signal.aborted) setState(error.code === NO_SERVER ? 'gone' : 'fine');
        },
      );
    };
    setState('fine');
    const timer = setInterval(look, ALIVE_MS);
    return () => {
      clearInterval(timer);
      gone.abort();
    };
  }, [shown]);
  return state;
}
