import { useEffect, useState } from 'preact/hooks';
import type { Opened, Profile } from '../../lib/cli/view/wire.js';
import { ask, type Refused } from '../data/api.js';
import { printable } from '../data/visible.js';
import { Notice } from '../parts/notice.jsx';
import { ProfileCard } from '../parts/profile-card.jsx';

/** What each column holds, found out one column after another. */
export function ProfilesView({ opened }: { opened: Opened }) {
  const [profiles, setProfiles] = useState<ReadonlyMap<string, Profile>>(new Map());
  const [error, setError] = useState<Refused>();
  useEffect(() => {
    const gone = new AbortController();
    const work = async (): Promise<void> => {
      for (const { name } of opened.columns) {
        const profile = await ask<Profile>('profile', { id: opened.entry.id, state: opened.state, column: name }, gone.signal);
        setProfiles((before) => new Map(before).set(name, profile));
      }
    };
    work().catch((failed: Refused) => {
      if (!gone.signal.aborted) setError(failed);
    });
    return () => gone.abort();
  }, [opened]);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Columns">
      {error !== undefined && <Notice trouble={error} />}
      <div class="cards">
        {opened.columns.map(({ name, type }) => {
          const profile = profiles.get(name);
          return profile !== undefined ? (
            <ProfileCard key={name} profile={profile} />
          ) : (
            <article key={name} class="card waiting-card" aria-busy={error === undefined}>
              <h3>
                <bdi>{printable(name)}</bdi> <code>{printable(type)}</code>
              </h3>
            </article>
          );
        })}
      </div>
    </div>
  );
}
