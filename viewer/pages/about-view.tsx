import type { Opened } from '../../lib/cli/view/wire.js';
import { printable } from '../data/visible.js';
import { countText, sizeText, timeText } from '../data/words.js';
import { MetadataPairs } from '../parts/metadata-pairs.jsx';

/** What is known of a checkpoint beside its rows. */
export function AboutView({ opened }: { opened: Opened }) {
  const { entry, rows, hash, metadata, columns } = opened;
  const facts: [string, string][] = [
    ['Path', entry.path],
    ['Format', entry.format],
    ['Rows', countText(rows)],
    ['Size', sizeText(entry.bytes) + (entry.sharedBytes > 0 ? ` and ${sizeText(entry.sharedBytes)} in shared files` : '')],
    ['Hash', hash ?? 'none'],
    ...(entry.modified === null ? [] : [['Modified', timeText(entry.modified)] as [string, string]]),
    ...(entry.failed > 0 ? [['Failed rows', countText(entry.failed)] as [string, string]] : []),
  ];
  return (
    <div class="about scroll" tabIndex={0} role="region" aria-label="About this checkpoint">
      <dl class="pairs">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{printable(value)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      {metadata.length > 0 && <h2>Metadata</h2>}
      <MetadataPairs metadata={metadata} />
      <h2>Columns</h2>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col" class="right">
              Size
            </th>
            <th scope="col" class="right">
              Nulls
            </th>
            <th scope="col" class="right">
              Of another type
            </th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ name, type, bytes, nulls, exceptions }) => (
            <tr key={name}>
              <td>
                <bdi>{printable(name)}</bdi>
              </td>
              <td>
                <code>{printable(type)}</code>
              </td>
              <td class="right">{sizeText(bytes)}</td>
              <td class="right">{nulls === null ? '?' : countText(nulls)}</td>
              <td class="right">{exceptions === null ? '?' : countText(exceptions)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
