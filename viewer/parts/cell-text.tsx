import type { Cell } from '../../lib/cli/view/wire.js';
import { countText, sizeText } from '../data/words.js';

/** A value in a table, in one line. */
export function CellText({ cell, imageSrc }: { cell: Cell; imageSrc?: string | undefined }) {
  const [kind, text, size] = cell;
  switch (kind) {
    case 'missing':
      return <span class="v-missing" title="the row has no such key" />;
    case 'null':
    case 'undefined':
      return <span class="v-null">{kind}</span>;
    case 'image':
      return (
        <span class="v-image">
          {imageSrc !== undefined && <img src={imageSrc} alt="" loading="lazy" />}
          <small>{sizeText(size ?? 0)}</small>
        </span>
      );
    case 'bytes':
      return (
        <span class="v-bytes">
          {text} <small>{sizeText(size ?? 0)}</small>
        </span>
      );
    case 'chat':
      return (
        <span>
          <small class="tag">{countText(size ?? 0)} messages</small> <bdi class="v-json">{text}</bdi>
        </span>
      );
    case 'list':
      return (
        <span>
          <small class="tag">{countText(size ?? 0)}</small> <bdi class="v-json">{text}</bdi>
        </span>
      );
    case 'object':
      return <bdi class="v-json">{text}</bdi>;
    case 'string':
      return text === '' && size === undefined ? (
        <span class="v-null">empty</span>
      ) : (
        <bdi>
          {text}
          {size !== undefined && <small class="more"> … {countText(size)}</small>}
        </bdi>
      );
    default:
      return <span class={`v-${kind}`}>{text}</span>;
  }
}
