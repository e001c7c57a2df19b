/** Of what DuckDB's parser makes of these a question takes columns that it does not name. */
const UNNAMED: ReadonlySet<string> = new Set(['STAR', 'POSITIONAL_REFERENCE', 'SHOW_REF', 'PIVOT', 'NATURAL']);

/** What a table is called is no name of a column. */
const OF_TABLES: ReadonlySet<string> = new Set(['catalog_name', 'schema_name', 'table_name']);

type Node = Record<string, unknown>;

/**
 * The names that stand in a question, folded, by the tree that DuckDB has made of its text: of a table no other columns are looked at.
 * Undefined: any may be, as with `*`. They are too many rather than too few, as texts are among them.
 */
export function namesIn(json: string): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  const tables = new Set<string>();
  const last: string[] = [];
  const left: unknown[] = [JSON.parse(json)];
  while (left.length > 0) {
    const node = left.pop();
    if (typeof node === 'string') names.add(node.toLowerCase());
    if (typeof node !== 'object' || node === null) continue;
    const {
      type,
      ref_type: join,
      class: ofExpression,
      alias,
      table_name: table,
      column_name_alias: given,
      column_names: column,
    } = node as Node;
    if ([type, join].some((kind) => typeof kind === 'string' && UNNAMED.has(kind))) return undefined;
    // `t(a, b)`: the question has other names for its columns.
    if (Array.isArray(given) && given.length > 0) return undefined;
    if (ofExpression === undefined) for (const name of [alias, table]) if (typeof name === 'string') tables.add(name.toLowerCase());
    if (Array.isArray(column)) last.push(String(column.at(-1)).toLowerCase());
    for (const [member, value] of Object.entries(node)) if (!OF_TABLES.has(member)) left.push(value);
  }
  // The name of a table in place of a column is its whole row.
  return last.some((name) => name !== '' && tables.has(name)) ? undefined : names;
}
