import { CheckpointError, type SchemaViolation } from '../base/errors.js';

/** Violations that an error lists. */
const MAX_LISTED = 20;

/** What did not fit a schema: the first ones, and the number of all. */
export class Violations {
  readonly listed: SchemaViolation[] = [];
  count = 0;

  /** Whether the next one will be listed: its words cost more than finding it. */
  get wanted(): boolean {
    return this.listed.length < MAX_LISTED;
  }

  add(violation: SchemaViolation): void {
    this.count++;
    if (this.wanted) this.listed.push(violation);
  }

  /** Counts one that is not listed. */
  addMore(): void {
    this.count++;
  }

  /** `ERR_CKPT_SCHEMA` for a file, or for rows that have none yet; undefined when all was well. */
  error(path: string | undefined, what: string): CheckpointError | undefined {
    const [first] = this.listed;
    if (first === undefined) return undefined;
    const lines = this.listed.map(
      ({ row, path: at, expected, got }) => `  row ${row}${at === '' ? '' : `, ${at}`}: expected ${expected}, got ${got}`,
    );
    if (this.count > lines.length) lines.push(`  and ${(this.count - lines.length).toLocaleString('en-US')} more`);
    const number = this.count === 1 ? '1 violation' : `${this.count.toLocaleString('en-US')} violations`;
    return new CheckpointError(
      'ERR_CKPT_SCHEMA',
      `${path === undefined ? '' : `${path}: `}${what}; ${number} of the schema:\n${lines.join('\n')}`,
      {
        ...(path !== undefined && { path }),
        row: first.row,
        ...(first.path !== '' && { column: first.path }),
        violations: this.listed,
        count: this.count,
      },
    );
  }
}
