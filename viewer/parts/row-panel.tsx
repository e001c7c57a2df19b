import { useEffect, useRef } from 'preact/hooks';
import type { Opened, Shown } from '../../lib/cli/view/wire.js';
import { shellWord } from '../data/code-of.js';
import { useAnswer } from '../data/use-answer.js';
import { printable } from '../data/visible.js';
import { countText } from '../data/words.js';
import { Notice } from './notice.jsx';
import { ShownValue } from './shown-value.jsx';

interface RowPanelProps {
  opened: Opened;
  /** In the file; undefined while it is not known. */
  number: number | undefined;
  onClose: () => void;
  onMove: (by: number) => void;
  onFilter: (filter: string) => void;
  onCopied: (what: string) => void;
}

/** One row with all its values. */
export function RowPanel({ opened, number, onClose, onMove, onFilter, onCopied }: RowPanelProps) {
  const asked = number === undefined ? null : { id: opened.entry.id, state: opened.state, row: number };
  const { value, error } = useAnswer<Shown>('row', asked);
  const panel = useRef<HTMLElement>(null);
  const shown = useRef<Shown | undefined>(undefined);
  if (value !== undefined) shown.current = value;
  useEffect(() => {
    const closed = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose();
    };
    addEventListener('keydown', closed);
    return () => removeEventListener('keydown', closed);
  }, [onClose]);
  useEffect(() => panel.current?.scrollTo(0, 0), [number]);
  const row = value ?? (error === undefined ? shown.current : undefined);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(`arrow-ckpt cat ${shellWord(opened.entry.path)} --offset ${number} --limit 1`);
    onCopied('Copied a command that prints this row');
  };
  return (
    <aside class="panel" ref={panel} aria-label="Row" tabIndex={-1}>
      <div class="panel-head">
        <h2>Row {number === undefined ? '…' : countText(number)}</h2>
        <button type="button" aria-label="Previous row" onClick={() => onMove(-1)}>
          ↑
        </button>
        <button type="button" aria-label="Next row" onClick={() => onMove(1)}>
          ↓
        </button>
        <button type="button" onClick={() => void copy()}>
          Copy command
        </button>
        <button type="button" aria-label="Close the row" onClick={onClose}>
          ×
        </button>
      </div>
      {error !== undefined && <Notice trouble={error} />}
      {row?.kind === 'object' && asked !== null && (
        <dl class="values">
          {row.entries.map(([key, each]) => (
            <div key={`${number} ${key}`}>
              <dt>
                <bdi>{printable(key)}</bdi>
                {filterOf(key, each) !== undefined && (
                  <button
                    type="button"
                    class="link"
                    title={`Only rows with this ${key}`}
                    onClick={() => onFilter(filterOf(key, each) as string)}
                  >
                    filter
                  </button>
                )}
              </dt>
              <dd>
                <ShownValue value={each} place={{ asked, path: [key] }} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </aside>
  );
}

/** The filter of rows with the same value, for values that are short. */
function filterOf(key: string, value: Shown): string | undefined {
  const json = jsonOf(value);
  return json === undefined ? undefined : `{"$field":[${JSON.stringify(key)}],"$eq":${json}}`;
}

function jsonOf(value: Shown): string | undefined {
  switch (value.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return value.text;
    case 'number':
      return Number.isFinite(Number(value.text)) ? value.text : undefined;
    case 'bigint':
      return `{"$ckpt":"bigint","v":"${value.text}"}`;
    case 'date':
      return `{"$ckpt":"date","v":${Date.parse(value.text)}}`;
    case 'string':
      return value.size <= 80 && value.text.length === value.size ? JSON.stringify(value.text) : undefined;
    default:
      return undefined;
  }
}
