import { useState } from 'preact/hooks';
import type { Shown } from '../../lib/cli/view/wire.js';
import { addressOf, ask } from '../data/api.js';
import type { ValuePlace } from '../data/value-place.js';
import { printable, visible } from '../data/visible.js';
import { countText, plural, sizeText } from '../data/words.js';
import { Conversation, messagesOf } from './conversation.js';

/** Text that is longer is folded. */
const FOLDED_CHARS = 1200;
const FOLDED_LINES = 14;
/** What is seen of it where no script unfolds it. */
const FOLDED_HEAD = 200;
/** Lists and objects with more in them begin folded. */
const OPEN_ITEMS = 12;

/** A value with all that is in it: trees unfold, pictures are shown, chat messages are a conversation. */
export function ShownValue({ value, place, depth = 0 }: { value: Shown; place: ValuePlace; depth?: number }) {
  switch (value.kind) {
    case 'null':
    case 'undefined':
      return <span class="v-null">{value.kind}</span>;
    case 'string':
      return <LongText value={value} place={place} />;
    case 'bytes':
      return <Bytes value={value} place={place} />;
    case 'list':
    case 'object':
      return <Tree value={value} place={place} depth={depth} />;
    case 'more':
      return <Rest place={place} depth={depth} />;
    default:
      return <span class={`v-${value.kind}`}>{value.text}</span>;
  }
}

function LongText({ value, place }: { value: Extract<Shown, { kind: 'string' }>; place: ValuePlace }) {
  const [text, setText] = useState(value.text);
  const [isOpen, setOpen] = useState(false);
  const lines = visible(text);
  const isLong = lines.length > FOLDED_CHARS || lines.split('\n', FOLDED_LINES + 1).length > FOLDED_LINES;
  const left = value.size - text.length;
  const more = async (): Promise<void> => {
    const next = await ask<Shown>('row', { ...place.asked, path: JSON.stringify(place.path), from: text.length });
    if (next.kind === 'string') setText(text + next.text);
  };
  if (value.size === 0) return <span class="v-null">empty text</span>;
  if (isLong && place.asked === null)
    return (
      <details class="fold">
        <summary>
          <bdi>{lines.slice(0, FOLDED_HEAD)} …</bdi>
        </summary>
        <div class="text" dir="auto">
          {lines}
        </div>
        {left > 0 && <small>… {countText(left)} more characters</small>}
      </details>
    );
  return (
    <div class="text-box">
      <div class={`text${isLong && !isOpen ? ' folded' : ''}`} dir="auto">
        {lines}
      </div>
      {(isLong || left > 0) && (
        <p class="row-of-buttons">
          {isLong && (
            <button type="button" class="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {isOpen ? 'Fold' : `Unfold ${countText(text.length)} characters`}
            </button>
          )}
          {left > 0 && place.asked !== null && (
            <button type="button" class="link" onClick={() => void more()}>
              Load {countText(left)} more
            </button>
          )}
          {left > 0 && place.asked === null && <small>… {countText(left)} more characters</small>}
        </p>
      )}
    </div>
  );
}

function Bytes({ value: { image, data, hex, size }, place }: { value: Extract<Shown, { kind: 'bytes' }>; place: ValuePlace }) {
  const asked = place.asked === null ? undefined : addressOf('image', { ...place.asked, path: JSON.stringify(place.path) });
  const src = data === undefined ? asked : `data:image/${image};base64,${data}`;
  if (image !== undefined && src !== undefined) {
    return (
      <figure class="picture">
        <img src={src} alt={`${image.toUpperCase()} picture of ${place.path.join('.')}`} />
        <figcaption>
          {image.toUpperCase()}, {sizeText(size)}
        </figcaption>
      </figure>
    );
  }
  return (
    <span class="v-bytes">
      {hex.replaceAll(/..(?=.)/g, '$& ')}
      {hex.length < 2 * size && ' …'} <small>{plural(size, 'byte')}</small>
    </span>
  );
}

function Tree({ value, place, depth }: { value: Extract<Shown, { kind: 'list' | 'object' }>; place: ValuePlace; depth: number }) {
  const [more, setMore] = useState<[key: string | number, value: Shown][]>([]);
  const messages = value.kind === 'list' ? messagesOf(value) : undefined;
  const [asTree, setAsTree] = useState(false);
  const [isOpen, setOpen] = useState(depth < 2 && value.size <= OPEN_ITEMS);
  const own: [string | number, Shown][] = value.kind === 'list' ? value.items.map((item, index) => [index, item]) : value.entries;
  const entries = [...own, ...more];
  const load = async (): Promise<void> => {
    const next = await ask<Shown>('row', { ...place.asked, path: JSON.stringify(place.path), from: entries.length });
    const found: [string | number, Shown][] =
      next.kind === 'list' ? next.items.map((item, index) => [entries.length + index, item]) : next.kind === 'object' ? next.entries : [];
    setMore([...more, ...found]);
  };
  if (value.size === 0) return <span class="v-null">{value.kind === 'list' ? 'empty list' : 'empty object'}</span>;
  if (messages !== undefined && !asTree)
    return (
      <div>
        <Conversation messages={messages} place={place} render={(each, at) => <ShownValue value={each} place={at} depth={1} />} />
        {place.asked !== null && (
          <button type="button" class="link" onClick={() => setAsTree(true)}>
            Show as a tree
          </button>
        )}
      </div>
    );
  const isNumbers = value.kind === 'list' && entries.every(([, item]) => item.kind === 'number' || item.kind === 'bigint');
  const left = value.size - entries.length;
  return (
    <details class="tree" open={isOpen} onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}>
      <summary>
        {value.kind === 'list' ? plural(value.size, 'element') : plural(value.size, 'key')}
        {messages !== undefined && (
          <button type="button" class="link" onClick={() => setAsTree(false)}>
            Show as a conversation
          </button>
        )}
      </summary>
      {(isOpen || place.asked === null) &&
        (isNumbers ? (
          <p class="numbers">{entries.map(([, item]) => (item.kind === 'number' || item.kind === 'bigint' ? item.text : '')).join(', ')}</p>
        ) : (
          <dl>
            {entries.map(([key, item]) => (
              <div key={key}>
                <dt>
                  <bdi>{printable(String(key))}</bdi>
                </dt>
                <dd>
                  <ShownValue value={item} place={{ ...place, path: [...place.path, key] }} depth={depth + 1} />
                </dd>
              </div>
            ))}
          </dl>
        ))}
      {left > 0 &&
        (place.asked === null ? (
          <small>… {countText(left)} more</small>
        ) : (
          <button type="button" class="link" onClick={() => void load()}>
            Load more of {countText(left)}
          </button>
        ))}
    </details>
  );
}

/** A value that had no room in the answer. */
function Rest({ place, depth }: { place: ValuePlace; depth: number }) {
  const [value, setValue] = useState<Shown>();
  if (value !== undefined && value.kind !== 'more') return <ShownValue value={value} place={place} depth={depth} />;
  if (place.asked === null) return <small>…</small>;
  const load = async (): Promise<void> => setValue(await ask<Shown>('row', { ...place.asked, path: JSON.stringify(place.path) }));
  return (
    <button type="button" class="link" onClick={() => void load()}>
      Load
    </button>
  );
}
