import { printable, visible } from '../data/visible.js';

/** The metadata of a checkpoint, each value as its text. */
export function MetadataPairs({ metadata }: { metadata: readonly [string, string][] }) {
  return (
    <dl class="pairs">
      {metadata.map(([name, value]) => (
        <div key={name}>
          <dt>
            <bdi>{printable(name)}</bdi>
          </dt>
          <dd class="text">{visible(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
