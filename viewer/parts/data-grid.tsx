import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useVirtual } from './use-virtual.js';

/** A column of a grid. */
export interface GridColumn {
  key: string;
  title: ComponentChildren;
  /** In pixels, as long as nobody drags it. */
  width: number;
  align?: 'right';
  /** Whether and how the rows are sorted by it; undefined where they cannot be. */
  sorted?: 'ascending' | 'descending' | 'none';
}

export interface DataGridProps {
  label: string;
  columns: readonly GridColumn[];
  count: number;
  rowHeight?: number;
  headerHeight?: number;
  /** The cell of a row; undefined while it is not there yet. */
  cell: (row: number, column: number) => ComponentChildren;
  /** Classes of a row. */
  rowClass?: (row: number) => string;
  /** A place for each row that stays its own, for screen readers: what the first column says. */
  onSort?: (column: number) => void;
  onOpen?: (row: number, column: number) => void;
  /** Rows that are drawn, from the first to the last. */
  onRange?: (first: number, last: number) => void;
  /** A row to scroll to; a new object scrolls again. */
  target?: { row: number } | undefined;
  /** The row that is open beside the grid. */
  opened?: number | undefined;
}

const NARROWEST = 48;

/** A table of any number of rows, of which only those in sight are drawn. One cell is active: arrow keys move it, Enter opens its row. */
export function DataGrid(props: DataGridProps) {
  const { label, columns, count, rowHeight = 30, headerHeight = 46, cell, rowClass, onSort, onOpen, onRange, target, opened } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { items, shift, height, scrollTo } = useVirtual(scroller, count, rowHeight, headerHeight);
  const [active, setActive] = useState<{ row: number; column: number }>({ row: 0, column: 0 });
  const [widths, setWidths] = useState<Readonly<Record<string, number>>>({});
  const all = columns.map(({ key, width }) => widths[key] ?? width);
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useLayoutEffect(() => onRange?.(first, last), [first, last, onRange]);
  useEffect(() => {
    if (target === undefined) return;
    setActive((before) => ({ ...before, row: target.row }));
    scrollTo(target.row, 'center');
  }, [target]);

  const activate = (row: number, column: number): void => {
    const next = { row: Math.max(-1, Math.min(count - 1, row)), column: Math.max(0, Math.min(columns.length - 1, column)) };
    setActive(next);
    if (next.row >= 0) scrollTo(next.row);
    const box = scroller.current;
    if (box === null) return;
    const left = all.slice(0, next.column).reduce((sum, width) => sum + width, 0);
    const right = left + (all[next.column] ?? 0);
    if (left < box.scrollLeft) box.scrollLeft = left;
    else if (right > box.scrollLeft + box.clientWidth) box.scrollLeft = right - box.clientWidth;
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const { row, column } = active;
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 400) - headerHeight) / rowHeight) - 1);
    const moves: Record<string, () => void> = {
      ArrowDown: () => activate(row + 1, column),
      ArrowUp: () => activate(row - 1, column),
      ArrowRight: () => activate(row, column + 1),
      ArrowLeft: () => activate(row, column - 1),
      PageDown: () => activate(Math.max(row, 0) + page, column),
      PageUp: () => activate(Math.max(row - page, 0), column),
      Home: () => (event.ctrlKey ? activate(0, column) : activate(row, 0)),
      End: () => (event.ctrlKey ? activate(count - 1, column) : activate(row, columns.length - 1)),
      Enter: () => (row < 0 ? onSort?.(column) : onOpen?.(row, column)),
      ' ': () => (row < 0 ? onSort?.(column) : onOpen?.(row, column)),
    };
    const move = moves[event.key];
    if (move === undefined || event.altKey || event.metaKey || event.target !== event.currentTarget) return;
    event.preventDefault();
    move();
  };

  const resize = (key: string, from: number) => (event: PointerEvent) => {
    event.preventDefault();
    const handle = event.currentTarget as HTMLElement;
    handle.setPointerCapture(event.pointerId);
    const dragged = (move: PointerEvent): void =>
      setWidths((before) => ({ ...before, [key]: Math.max(NARROWEST, from + move.clientX - event.clientX) }));
    handle.addEventListener('pointermove', dragged);
    handle.addEventListener('pointerup', () => handle.removeEventListener('pointermove', dragged), { once: true });
  };

  const template = { gridTemplateColumns: `${all.map((width) => `${width}px`).join(' ')} 1fr` };
  const idOf = (row: number, column: number): string => `${label.replaceAll(/\W+/g, '-')}-${row}-${column}`;
  return (
    <div
      ref={scroller}
      class="grid"
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      aria-activedescendant={idOf(active.row, active.column)}
      onKeyDown={onKeyDown}
    >
      <div class="grid-head" role="row" aria-rowindex={1} style={{ ...template, height: `${headerHeight}px` }}>
        {columns.map(({ key, title, sorted, align }, index) => (
          <div
            key={key}
            id={idOf(-1, index)}
            role="columnheader"
            aria-colindex={index + 1}
            aria-sort={sorted}
            class={`th${align === 'right' ? ' right' : ''}${active.row === -1 && active.column === index ? ' active' : ''}${sorted === undefined ? '' : ' sortable'}`}
            onClick={() => {
              setActive({ row: -1, column: index });
              if (sorted !== undefined) onSort?.(index);
            }}
          >
            <span class="th-title">{title}</span>
            {sorted === 'ascending' && <span class="sort-mark">▲</span>}
            {sorted === 'descending' && <span class="sort-mark">▼</span>}
            <span
              class="resize"
              onPointerDown={resize(key, all[index] as number)}
              onClick={(event) => event.stopPropagation()}
              aria-hidden="true"
            />
          </div>
        ))}
      </div>
      <div class="grid-body" role="rowgroup" style={{ height: `${height}px`, minWidth: `${all.reduce((sum, width) => sum + width, 0)}px` }}>
        {items.map(({ index: row, start }) => {
          return (
            <div
              key={row}
              role="row"
              aria-rowindex={row + 2}
              aria-selected={opened === row}
              class={`tr${row % 2 === 1 ? ' odd' : ''}${opened === row ? ' opened' : ''} ${rowClass?.(row) ?? ''}`}
              style={{ ...template, height: `${rowHeight}px`, transform: `translateY(${start + shift}px)` }}
            >
              {columns.map(({ key, align }, column) => (
                <div
                  key={key}
                  id={idOf(row, column)}
                  role="gridcell"
                  aria-colindex={column + 1}
                  class={`td${align === 'right' ? ' right' : ''}${active.row === row && active.column === column ? ' active' : ''}`}
                  onClick={() => {
                    setActive({ row, column });
                    onOpen?.(row, column);
                  }}
                >
                  {cell(row, column)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
