import { useState } from 'preact/hooks';
import type { SqlRows, SqlTables } from '../../lib/cli/view/wire.js';
import { useAnswer } from '../data/use-answer.js';
import { printable } from '../data/visible.js';
import { countText, plural } from '../data/words.js';
import { CellText } from '../parts/cell-text.jsx';
import { DataGrid } from '../parts/data-grid.jsx';
import { Notice } from '../parts/notice.jsx';

const MOST_NAMES = 60;

/** A question in SQL, and the first rows of its answer. */
export function SqlPage() {
  const tables = useAnswer<SqlTables>('tables', {});
  const [text, setText] = useState('');
  const [asked, setAsked] = useState<string>();
  const { value, error, isAsking, again } = useAnswer<SqlRows>('sql', asked === undefined ? null : { text: asked });
  const run = (): void => {
    if (text.trim() === '') return;
    if (text === asked) again();
    else setAsked(text);
  };
  const names = tables.value?.filter(({ problem }) => problem === null) ?? [];
  return (
    <main>
      <h1 class="hidden">SQL</h1>
      {tables.error !== undefined && <Notice trouble={tables.error} />}
      <form
        class="question"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <textarea
          aria-label="Question in SQL"
          placeholder={`select * from ${names[0]?.name ?? 'step.operation'} limit 100`}
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            run();
          }}
        />
        <div class="names">
          {names.slice(0, MOST_NAMES).map(({ name, rows }) => (
            <button
              key={name}
              type="button"
              class="link"
              title={rows === null ? undefined : plural(rows, 'row')}
              onClick={() => setText(`select * from ${name} limit 100`)}
            >
              <bdi>{printable(name)}</bdi>
            </button>
          ))}
          {names.length > MOST_NAMES && <small>and {countText(names.length - MOST_NAMES)} more</small>}
        </div>
        <div class="row-of-buttons">
          <button type="submit" class="button primary" disabled={isAsking}>
            Run
          </button>{' '}
          <small>Ctrl+Enter. </small>
          <span class="facts" role="status">
            {isAsking
              ? 'Running …'
              : value !== undefined && `${value.isMore ? 'The first ' : ''}${plural(value.cells.length, 'row')}, ${countText(value.ms)} ms`}
          </span>
        </div>
      </form>
      {error !== undefined && <Notice trouble={error} />}
      {value !== undefined && (
        <div class="split">
          <DataGrid
            label="Answer"
            columns={value.columns.map(({ name, type }, index) => ({
              key: `${index} ${name}`,
              title: (
                <>
                  <bdi>{printable(name)}</bdi>
                  <small>{printable(type)}</small>
                </>
              ),
              width: Math.max(130, Math.min(260, name.length * 9 + 40)),
            }))}
            count={value.cells.length}
            cell={(row, column) => {
              const cell = value.cells[row]?.[column];
              return cell === undefined ? null : <CellText cell={cell} />;
            }}
          />
        </div>
      )}
    </main>
  );
}
