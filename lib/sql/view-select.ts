import { DuckdbSource, quoted, textLiteral } from '../formats/parquet/duckdb-source.js';
import { UnitedColumns } from '../formats/folder/united-columns.js';
import type { ParquetFacts } from '../formats/parquet/parquet-facts.js';
import { CheckpointError } from '../base/errors.js';
import type { SqlColumn } from './sql-types.js';
import { leavesNanOut } from './leaves-nan-out.js';
import { placeNames, viewColumns, type ViewColumn } from './view-columns.js';

/** What a view shows. */
export interface ViewText {
  /** The `SELECT` that it is made of. */
  select: string;
  columns: SqlColumn[];
  rows: number;
  /** The files that it reads. */
  paths: string[];
}

/** Files whose columns are equal. */
interface Group {
  columns: ViewColumn[];
  /** See {@link placeNames}. */
  places: string[] | undefined;
  paths: string[];
  rows: number;
}

/** The view of one file. @throws `ERR_CKPT_BASE` for a thin file whose holders are lost */
export async function viewOfFile(facts: ParquetFacts, isNanLeftOut?: boolean): Promise<ViewText> {
  const source = await DuckdbSource.of(facts, textLiteral);
  if ('problem' in source) throw new CheckpointError('ERR_CKPT_BASE', `${facts.path}: ${source.problem}`, { path: facts.path });
  const columns = viewColumns(facts, isNanLeftOut);
  if (columns.length === 0) return { ...withoutColumns(facts.rows), rows: facts.rows, paths: source.paths };
  const values = columns.map(({ name, stored, shown }) => `${shown(source.value(stored))} AS ${quoted(name)}`);
  const places = placeNames(facts);
  const from = places === undefined ? source.from : `FROM read_parquet(${textLiteral(facts.path)}) AS ${tableAs(places)}`;
  return { select: `SELECT ${values.join(', ')}\n${from}`, columns: columns.map(columnOf), rows: facts.rows, paths: source.paths };
}

/**
 * The view of several files as one, their columns united by name: the parts of a folder, or batches. Files of equal columns are read
 * together. `hive`: the names of folders on the way give columns. @throws `ERR_CKPT_PARTS_DIFFER`
 */
export async function viewOfFiles(files: readonly ParquetFacts[], path: string, hive: readonly SqlColumn[]): Promise<ViewText> {
  const united = new UnitedColumns();
  const groups = new Map<string, Group>();
  for (const facts of files) {
    if (facts.references !== undefined)
      throw new CheckpointError('ERR_CKPT_BASE', `${facts.path} is thin, and a part of a folder; materialize it`, { path });
    united.add(facts);
    const columns = viewColumns(facts, await leavesNanOut(facts));
    const kind = JSON.stringify(columns.map(({ name, stored, holds, shown }) => [name, stored, holds, shown('v')]));
    const group = groups.get(kind);
    if (group === undefined) groups.set(kind, { columns, places: placeNames(facts), paths: [facts.path], rows: facts.rows });
    else {
      group.paths.push(facts.path);
      group.rows += facts.rows;
    }
  }
  const all = [...groups.values()];
  const json = new Set(all.flatMap(({ columns }) => columns.filter(({ type }) => type === 'json').map(({ name }) => name.toLowerCase())));
  const added = hive.filter(({ name }) => !all.some(({ columns }) => columns.some((column) => column.key === name)));
  const selects = all.map((group) => selectOf(group, json, added));
  const names = new Map(all.flatMap(({ columns }) => columns).map((column) => [column.name.toLowerCase(), column]));
  const infos = new Map(united.infos().map(({ name, type }) => [name, type]));
  const columns = [...names.values()].map(({ name, key, type, holds }): SqlColumn => {
    return { name, key, holds, type: holds === 'values' ? (infos.get(key as string) ?? type) : type };
  });
  return {
    select: selects.join('\nUNION ALL BY NAME\n'),
    columns: columns.length + added.length === 0 ? [WHOLE_ROWS] : [...columns, ...added],
    rows: all.reduce((sum, { rows }) => sum + rows, 0),
    paths: files.map((facts) => facts.path),
  };
}

function selectOf(group: Group, json: ReadonlySet<string>, hive: readonly SqlColumn[]): string {
  if (group.columns.length + hive.length === 0) return withoutColumns(group.rows).select;
  const values = group.columns.map(({ name, stored, shown, type }) => {
    const value = shown(`t.${quoted(stored)}`);
    // Elsewhere the column is JSON: a text is one there.
    const isOther = type !== 'json' && json.has(name.toLowerCase());
    return `${isOther ? `to_json(${value})` : value} AS ${quoted(name)}`;
  });
  for (const { name, type } of hive) values.push(`t.${quoted(name)}::${type === 'int64' ? 'BIGINT' : 'VARCHAR'} AS ${quoted(name)}`);
  const options = `union_by_name = true, hive_partitioning = ${hive.length > 0}, hive_types_autocast = false`;
  return `SELECT ${values.join(', ')} FROM read_parquet([${group.paths.map(textLiteral).join(', ')}], ${options}) AS ${tableAs(group.places)}`;
}

function tableAs(places: readonly string[] | undefined): string {
  return places === undefined ? 't' : `t(${places.join(', ')})`;
}

function columnOf({ name, key, type, holds }: ViewColumn): SqlColumn {
  return { name, key, type, holds };
}

/** Rows without keys, or none: DuckDB has no tables without columns. */
function withoutColumns(rows: number): Pick<ViewText, 'select' | 'columns'> {
  return { select: `SELECT NULL::JSON AS "?" FROM range(${rows})`, columns: [WHOLE_ROWS] };
}

const WHOLE_ROWS: SqlColumn = { name: '?', key: null, type: 'json', holds: 'rows' };
