import { useCallback, useEffect, useMemo, useReducer, useState } from 'preact/hooks';
import type { Opened } from '../../lib/cli/view/wire.js';
import { addressOf } from '../data/api.js';
import { Pages } from '../data/pages.js';
import { hrefOf, type Route } from '../data/route.js';
import { printable } from '../data/visible.js';
import { countText, plural } from '../data/words.js';
import { CellText } from '../parts/cell-text.jsx';
import { CopyCode } from '../parts/copy-code.jsx';
import { DataGrid, type GridColumn } from '../parts/data-grid.jsx';
import { Notice } from '../parts/notice.jsx';
import { RowPanel } from '../parts/row-panel.jsx';

/** Columns that are drawn at a time. */
const MOST_COLUMNS = 150;

/** The rows of a checkpoint: filtered, sorted, and one of them beside the table. */
export function TableView({ opened, route, onCopied }: { opened: Opened; route: Route; onCopied: (what: string) => void }) {
  const { entry, state } = opened;
  const where = route.params.getAll('where');
  const sort = route.params.get('sort') ?? undefined;
  const descending = route.params.get('descending') === 'true';
  const [, draw] = useReducer<number, void>((times) => times + 1, 0);
  const [row, setRow] = useState<number>();
  const [target, setTarget] = useState<{ row: number }>();
  const names = useMemo(() => opened.columns.slice(0, MOST_COLUMNS).map(({ name }) => name), [opened]);
  const key = JSON.stringify([where, sort, descending]);
  const pages = useMemo(() => {
    const isWhole = where.length === 0;
    const asked = { id: entry.id, state, where, sort, descending: sort === undefined ? undefined : descending, column: names };
    return new Pages(asked, isWhole ? opened.rows : null, () => draw());
  }, [key]);
  useEffect(() => () => pages.close(), [pages]);
  useEffect(() => {
    setRow(undefined);
    pages.show(0, 40);
  }, [pages]);
  const onRange = useCallback((first: number, last: number) => pages.show(first, last), [pages]);
  const go = (next: { where?: readonly string[]; sort?: string | undefined; descending?: boolean }): void => {
    const wanted = { where, sort, descending, ...next };
    location.hash = hrefOf(['c', entry.id], {
      where: wanted.where,
      sort: wanted.sort,
      descending: wanted.sort !== undefined && wanted.descending ? 'true' : undefined,
    });
  };
  const columns: GridColumn[] = [
    { key: '#', title: <span class="number-head">#</span>, width: Math.max(56, String(opened.rows).length * 9 + 26), align: 'right' },
    ...opened.columns.slice(0, MOST_COLUMNS).map(({ name, type }): GridColumn => {
      const sorted = sort !== name ? 'none' : descending ? 'descending' : 'ascending';
      const title = (
        <>
          <bdi>{printable(name)}</bdi>
          <small>{printable(type)}</small>
        </>
      );
      const column: GridColumn = { key: `c ${name}`, title, width: widthOf(name, type), sorted };
      if (isRight(type)) column.align = 'right';
      return column;
    }),
  ];
  return (
    <>
      <div class="bar tools">
        <FilterBar where={where} onChange={(next) => go({ where: next })} />
        <span class="facts" role="status">
          {pages.isKnown
            ? where.length > 0
              ? `${countText(pages.total)} of ${plural(opened.rows, 'row')}`
              : plural(opened.rows, 'row')
            : 'Filtering …'}
        </span>
        <GoTo total={pages.total} onGo={(to) => setTarget({ row: to })} />
        <CopyCode path={entry.path} where={where} onCopied={onCopied} />
      </div>
      {opened.columns.length > MOST_COLUMNS && (
        <p class="facts pad">
          The first {MOST_COLUMNS} of {countText(opened.columns.length)} columns are shown; the panel of a row has all.
        </p>
      )}
      {pages.error !== undefined && (
        <Notice trouble={pages.error}>
          {where.length > 0 && (
            <button type="button" onClick={() => go({ where: [] })}>
              Clear the filter
            </button>
          )}
        </Notice>
      )}
      <div class="split">
        <DataGrid
          label={`Rows of ${entry.operation}`}
          columns={columns}
          count={pages.total}
          onRange={onRange}
          target={target}
          opened={row}
          onSort={(column) => {
            const name = names[column - 1];
            if (name === undefined) return;
            go(sort !== name ? { sort: name, descending: false } : descending ? { sort: undefined } : { descending: true });
          }}
          onOpen={(at) => setRow(at)}
          cell={(at, column) => {
            const found = pages.row(at);
            if (found === undefined) return <span class="waiting" />;
            if (column === 0) return <span class="v-number muted">{countText(found.number)}</span>;
            const cell = found.cells[column - 1];
            const path = JSON.stringify([names[column - 1]]);
            const src = cell?.[0] === 'image' ? addressOf('image', { id: entry.id, state, row: found.number, path }) : undefined;
            return cell === undefined ? null : <CellText cell={cell} imageSrc={src} />;
          }}
        />
        {row !== undefined && (
          <RowPanel
            opened={opened}
            number={pages.row(row)?.number}
            onClose={() => setRow(undefined)}
            onMove={(by) => {
              const next = Math.max(0, Math.min(pages.total - 1, row + by));
              setRow(next);
              setTarget({ row: next });
            }}
            onFilter={(filter) => go({ where: [...where, filter] })}
            onCopied={onCopied}
          />
        )}
      </div>
    </>
  );
}

function isRight(type: string): boolean {
  return /^(?:u?int\d+|double|float\d*|half_?float|decimal.*)$/.test(type);
}

function widthOf(name: string, type: string): number {
  const byType = isRight(type) || type === 'bool' ? 96 : /^(?:date|time)/.test(type) ? 190 : type === 'string' ? 240 : 220;
  return Math.max(byType, Math.min(260, name.length * 9 + 40));
}

function FilterBar({ where, onChange }: { where: readonly string[]; onChange: (where: string[]) => void }) {
  const [text, setText] = useState('');
  return (
    <form
      class="filter"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === '') return;
        onChange([...where, text.trim()]);
        setText('');
      }}
    >
      {where.map((filter, index) => (
        <span class="chip" key={filter}>
          <bdi>{printable(filter)}</bdi>
          <button
            type="button"
            aria-label={`Remove the filter ${filter}`}
            onClick={() => onChange(where.filter((_, other) => other !== index))}
          >
            ×
          </button>
        </span>
      ))}
      <input
        type="search"
        aria-label="Filter rows"
        title={'score>=0.5   category=a   title!="a b"   or {"tags":{"$in":["a"]}}'}
        placeholder="Filter: score>=0.5, category=a"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}

function GoTo({ total, onGo }: { total: number; onGo: (row: number) => void }) {
  const [text, setText] = useState('');
  return (
    <form
      class="goto"
      onSubmit={(event) => {
        event.preventDefault();
        const row = Number(text.replaceAll(/[,._ ]/g, ''));
        if (text.trim() !== '' && Number.isInteger(row)) onGo(Math.max(0, Math.min(total - 1, row)));
      }}
    >
      <input
        inputMode="numeric"
        aria-label="Go to row"
        placeholder="Go to row"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}
