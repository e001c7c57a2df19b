import type { ReportData, ReportEntry } from '../../lib/cli/view/report-data.js';
import type { Entry } from '../../lib/cli/view/wire.js';
import type { ValuePlace } from '../data/value-place.js';
import { printable } from '../data/visible.js';
import { costText, countText, plural, shortHash, sizeText } from '../data/words.js';
import { DifferenceView } from '../parts/difference-view.jsx';
import { MetadataPairs } from '../parts/metadata-pairs.jsx';
import { Notice } from '../parts/notice.jsx';
import { ProfileCard } from '../parts/profile-card.jsx';
import { RunningMaps } from '../parts/running-maps.jsx';
import { ShownValue } from '../parts/shown-value.jsx';

const NOWHERE: ValuePlace = { asked: null, path: [] };

/** What a directory holds. */
export function Report({ data }: { data: ReportData }) {
  const { place, entries, more, since, version, madeAt, hasValues } = data;
  const rows = place.entries.reduce((sum, entry) => sum + entry.rows, 0);
  const bytes = place.entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const damaged = entries.filter(({ trouble }) => trouble !== null).length;
  return (
    <main class="report">
      <h1>
        <bdi>{printable(place.path)}</bdi>
      </h1>
      <p class="lead">
        {plural(place.entries.length, 'checkpoint')}, {plural(rows, 'row')}, {sizeText(bytes)}
        {damaged > 0 && <strong class="bad">, {countText(damaged)} damaged</strong>}. Made by arrow-ckpt {version},{' '}
        {new Date(madeAt).toISOString().slice(0, 16).replace('T', ' ')} UTC.{!hasValues && ' Values are left out.'}
      </p>
      {place.troubles.map((trouble) => (
        <Notice key={trouble.message} trouble={trouble} />
      ))}
      <RunningMaps maps={place.maps} />
      <Sizes data={data} />
      {more > 0 && <p class="facts">{plural(more, 'more checkpoint')} not looked into.</p>}
      {since !== null && <Since since={since} entries={entries} />}
      {entries.map((each) => (
        <Checkpoint key={each.entry.id} each={each} />
      ))}
    </main>
  );
}

function nameOf({ step, operation }: Entry): string {
  return printable(step === null ? operation : `${step} / ${operation}`);
}

function anchorOf({ id }: Entry): string {
  return `c-${id}`;
}

function Sizes({ data: { place, entries } }: { data: ReportData }) {
  const json = new Map(entries.map((each) => [each.entry.id, each.json]));
  const details = new Set(entries.map(({ entry }) => entry.id));
  const hasShared = place.entries.some(({ sharedBytes }) => sharedBytes > 0);
  const hasCost = place.entries.some(({ usage }) => (usage?.cost ?? 0) > 0);
  const hasFailed = place.entries.some(({ failed }) => failed > 0);
  const most = Math.max(1, ...place.entries.map(({ id, bytes, sharedBytes }) => Math.max(bytes + sharedBytes, json.get(id)?.bytes ?? 0)));
  const part = (bytes: number): { width: string } => ({ width: `${(bytes / most) * 100}%` });
  return (
    <>
      <div class="wide">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Checkpoint</th>
              <th scope="col" class="right">
                Rows
              </th>
              {hasFailed && (
                <th scope="col" class="right">
                  Failed
                </th>
              )}
              <th scope="col">Size</th>
              <th scope="col" class="right">
                as JSON
              </th>
              <th scope="col" class="right">
                Own
              </th>
              {hasShared && (
                <th scope="col" class="right">
                  Shared
                </th>
              )}
              {hasCost && (
                <th scope="col" class="right">
                  Cost
                </th>
              )}
              <th scope="col">Hash</th>
            </tr>
          </thead>
          <tbody>
            {place.entries.map((entry) => {
              const size = json.get(entry.id);
              const name = <bdi>{nameOf(entry)}</bdi>;
              return (
                <tr key={entry.id} class={entry.error === null ? '' : 'damaged'}>
                  <td>
                    {details.has(entry.id) ? <a href={`#${anchorOf(entry)}`}>{name}</a> : name}
                    {entry.error !== null && <span class="bad"> {entry.error.code}</span>}
                  </td>
                  <td class="right">{entry.error === null ? countText(entry.rows) : ''}</td>
                  {hasFailed && <td class="right">{entry.failed > 0 ? countText(entry.failed) : ''}</td>}
                  <td>
                    <div class="sizes">
                      {size !== null && size !== undefined && <i class="json" style={part(size.bytes)} />}
                      {entry.sharedBytes > 0 && <i class="shared" style={part(entry.bytes + entry.sharedBytes)} />}
                      <i class="own" style={part(entry.bytes)} />
                    </div>
                  </td>
                  <td class="right">{size === null || size === undefined ? '' : `${size.isExact ? '' : '~'}${sizeText(size.bytes)}`}</td>
                  <td class="right">{sizeText(entry.bytes)}</td>
                  {hasShared && <td class="right">{entry.sharedBytes > 0 ? sizeText(entry.sharedBytes) : ''}</td>}
                  {hasCost && <td class="right">{entry.usage === null ? '' : costText(entry.usage.cost)}</td>}
                  <td>
                    <code>{printable(shortHash(entry.hash))}</code>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p class="legend sizes-legend">
        <span>
          <i style={{ background: 'var(--json)' }} /> as JSON
        </span>
        {hasShared && (
          <span>
            <i style={{ background: 'var(--shared)' }} /> shared
          </span>
        )}
        <span>
          <i style={{ background: 'var(--own)' }} /> own
        </span>
      </p>
    </>
  );
}

function Since({ since, entries }: { since: NonNullable<ReportData['since']>; entries: readonly ReportEntry[] }) {
  const compared = entries.filter(({ difference }) => difference !== null);
  return (
    <>
      <h2>
        Since <bdi>{printable(since.path)}</bdi>
      </h2>
      <ul class="counts">
        {since.added.map((name) => (
          <li key={name} class="added">
            + <bdi>{printable(name)}</bdi>
          </li>
        ))}
        {since.removed.map((name) => (
          <li key={name} class="removed">
            − <bdi>{printable(name)}</bdi>
          </li>
        ))}
      </ul>
      {compared.length > 0 && (
        <div class="wide">
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">Checkpoint</th>
                {['Equal', 'Changed', 'Added', 'Removed'].map((title) => (
                  <th key={title} scope="col" class="right">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {compared.map(({ entry, difference }) => (
                <tr key={entry.id}>
                  <td>
                    <a href={`#${anchorOf(entry)}`}>
                      <bdi>{nameOf(entry)}</bdi>
                    </a>
                  </td>
                  <td class="right">{countText(difference?.counts.equal ?? 0)}</td>
                  <td class="right">{countText(difference?.counts.changed ?? 0)}</td>
                  <td class="right">{countText(difference?.counts.added ?? 0)}</td>
                  <td class="right">{countText(difference?.counts.removed ?? 0)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Checkpoint({ each: { entry, opened, profiles, moreColumns, sample, difference, trouble } }: { each: ReportEntry }) {
  return (
    <section id={anchorOf(entry)}>
      <h2>
        <bdi>{nameOf(entry)}</bdi>
      </h2>
      {trouble !== null && <Notice trouble={trouble} />}
      {opened !== null && opened.metadata.length > 0 && <MetadataPairs metadata={opened.metadata} />}
      <div class="cards">
        {profiles.map((profile) => (
          <ProfileCard key={profile.name} profile={profile} />
        ))}
      </div>
      {moreColumns > 0 && <p class="facts">{plural(moreColumns, 'more column')}.</p>}
      {sample.map((row, index) => (
        <details key={index} class="row-card" open={index === 0 && difference === null}>
          <summary>Row {index}</summary>
          {row.kind === 'object' && (
            <dl class="values">
              {row.entries.map(([key, value]) => (
                <div key={key}>
                  <dt>
                    <bdi>{printable(key)}</bdi>
                  </dt>
                  <dd>
                    <ShownValue value={value} place={NOWHERE} />
                  </dd>
                </div>
              ))}
            </dl>
          )}
        </details>
      ))}
      {difference !== null && <DifferenceView difference={difference} />}
    </section>
  );
}
