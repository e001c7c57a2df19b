import { CheckpointError } from '../base/errors.js';
import { show } from '../base/messages.js';
import { NameScope } from './name-scope.js';

/** A name of a table in a question; empty parts were not given. */
export interface AskedName {
  catalog: string;
  schema: string;
  table: string;
}

/** What `json_serialize_sql` says of a text. */
interface Serialized {
  error: boolean;
  error_message?: string;
  error_type?: string;
  statements?: unknown[];
}

/** Functions of `from` that read nothing but their arguments. All others are refused: files, settings, the catalogue, other SQL. */
const TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'unnest',
  'range',
  'generate_series',
  'json_each',
  'json_tree',
  'repeat',
  'repeat_row',
]);
/** Functions that tell of settings, change something, wait, or take SQL apart. */
const FUNCTIONS: ReadonlySet<string> = new Set([
  'current_setting',
  'currval',
  'getenv',
  'getvariable',
  'json_deserialize_sql',
  'json_execute_serialized_sql',
  'json_serialize_plan',
  'json_serialize_sql',
  'nextval',
  'pg_sleep',
  'query',
  'query_table',
  'setseed',
  'sleep_ms',
  'stats',
  'write_log',
]);

/** Of a query that names itself the parts that see its name: `child` is that of older releases. */
const REPEATED: ReadonlySet<string> = new Set(['right', 'child']);

/** Longer texts are no questions of people, and take DuckDB's parser long. */
export const MOST_TEXT = 1 << 20;

/**
 * What a question asks for, by the tree that DuckDB has made of its text, which runs nothing. The tables that stand in it are returned,
 * without those that its own `with` gives names to.
 * @throws `ERR_CKPT_SQL` for a text that is none of SQL, `ERR_CKPT_SQL_REFUSED` for all else than one question over tables
 */
export function askedNames(json: string): AskedName[] {
  const { error, error_message: message = '', error_type: type, statements = [] } = JSON.parse(json) as Serialized;
  if (error) {
    if (type === 'not implemented')
      throw refused('it is no question; only one that begins with select, with, from, values, describe or summarize is run');
    throw new CheckpointError('ERR_CKPT_SQL', `the question cannot be read: ${message}`);
  }
  if (statements.length !== 1)
    throw refused(statements.length === 0 ? 'the text is empty' : `it is ${statements.length} statements; ask one after another`);
  const tree = new Tree();
  tree.walk(statements[0]);
  return tree.names();
}

/** The error of a text that is no plain question. */
export function refused(why: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_SQL_REFUSED', `the SQL is refused: ${why}`);
}

class Tree {
  readonly #named: AskedName[] = [];

  /** Not recursive: what a tree is nested in is up to its author. */
  walk(root: unknown): void {
    const left: [member: unknown, scope: NameScope][] = [[root, NameScope.none]];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [node, scope] = next;
      if (typeof node !== 'object' || node === null) continue;
      if (!Array.isArray(node)) this.#look(node as Record<string, unknown>, scope);
      for (const inner of insideOf(node as Record<string, unknown>, scope)) if (typeof inner[0] === 'object') left.push(inner);
    }
  }

  names(): AskedName[] {
    return this.#named;
  }

  #look(node: Record<string, unknown>, scope: NameScope): void {
    const { type } = node;
    if (type === 'BASE_TABLE') this.#table(node, scope);
    else if (type === 'TABLE_FUNCTION') this.#tableFunction(node['function']);
    else if (type === 'SHOW_REF' && (typeof node['query'] !== 'object' || node['query'] === null))
      throw refused('it asks for what DuckDB has; tables() and .tables list the tables');
    if (typeof node['function_name'] === 'string') this.#function(node['function_name']);
  }

  #table(node: Record<string, unknown>, scope: NameScope): void {
    const [catalog, schema, table] = ['catalog_name', 'schema_name', 'table_name'].map((part) => {
      return typeof node[part] === 'string' ? node[part] : '';
    }) as [string, string, string];
    if (catalog !== '' || schema !== '' || !scope.has(table)) this.#named.push({ catalog, schema, table });
  }

  #tableFunction(call: unknown): void {
    const { function_name: name } = (typeof call === 'object' && call !== null ? call : {}) as { function_name?: unknown };
    if (typeof name === 'string' && TABLE_FUNCTIONS.has(name.toLowerCase())) return;
    throw refused(`${show(name)} reads what is no checkpoint; ask for the tables that tables() lists`);
  }

  #function(name: string): void {
    if (FUNCTIONS.has(name.toLowerCase())) throw refused(`the function ${name} is no part of a question`);
  }
}

/** What is in a node, each member with the names that it sees. */
function* insideOf(node: Record<string, unknown>, scope: NameScope): Generator<[member: unknown, scope: NameScope]> {
  const entries = (node['cte_map'] as { map?: { key?: unknown; value?: unknown }[] } | undefined)?.map ?? [];
  const given = scope.with(entries.map(({ key }) => String(key)));
  for (const [index, { value }] of entries.entries()) yield [value, given.within(index)];
  // What is repeated sees its own name, what it begins with does not.
  const own = typeof node['cte_name'] === 'string' ? given.within().with([node['cte_name']]).within() : undefined;
  for (const [name, member] of Object.entries(node)) {
    if (name !== 'cte_map') yield [member, own !== undefined && REPEATED.has(name) ? own : given.within()];
  }
}
