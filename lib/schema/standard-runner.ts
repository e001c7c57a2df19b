import { isThenable } from '../base/realm.js';
import { setOwn } from '../base/build.js';
import type { Pace } from '../base/pace.js';
import { checkRow } from '../base/rows-source.js';
import { isPlainObject, type Row } from '../base/rows.js';
import { joinPath } from '../base/value/refusal.js';
import type { StandardSchemaV1 } from '../options/standard-schema-v1.js';
import { pictureOf } from './validator.js';
import { invalid, show } from '../base/messages.js';
import { itemsOf } from '../base/value/items-of.js';
import { isRevoked } from '../base/value/is-revoked.js';
import type { Contract } from './contract.js';
import type { Violations } from './violations.js';

/**
 * Runs a schema's own validation on each row, one after the other: it may be asynchronous. What it throws is the user's and passes as it
 * is.
 */
export class StandardRunner {
  readonly #validate: (row: unknown) => StandardSchemaV1.Result<unknown> | Promise<StandardSchemaV1.Result<unknown>>;
  readonly #makes: boolean;
  readonly #violations: Violations;
  /** The keys of the schema, where extra ones are to be kept from it. */
  readonly #names: ReadonlySet<string> | undefined;
  readonly #keeps: boolean;

  constructor({ standard: schema, fields, apart }: Contract & { standard: StandardSchemaV1 }, makes: boolean, violations: Violations) {
    const standard = schema['~standard'];
    this.#validate = (row) => standard.validate(row);
    this.#makes = makes;
    this.#violations = violations;
    this.#names = apart ? new Set(fields?.columns.map((column) => column.name)) : undefined;
    this.#keeps = fields?.extra === 'keep';
  }

  async run(rows: Row[], from: number, to: number, index: number, pace: Pace): Promise<void> {
    for (let at = from; at < to; at++) {
      const row = checkRow(rows[at], index + at - from);
      const given = this.#names === undefined ? row : split(row, this.#names);
      const pending = this.#validate(given);
      // Awaited only where it must be. An asynchronous one may take long: it must not outlive an abort.
      const isAsync = isThenable(pending);
      const result = checkResult(isAsync ? await pending : pending);
      if (isAsync && pace.due) await pace.turn();
      if (result.issues !== undefined) this.#note(result.issues, row, index + at - from);
      else if (this.#makes) rows[at] = this.#made(result.value as Row, row);
    }
  }

  #made(made: Row, row: Row): Row {
    if (this.#names === undefined || !this.#keeps || !isPlainObject(made)) return made;
    for (const key of Object.keys(row)) if (!this.#names.has(key) && !Object.hasOwn(made, key)) setOwn(made, key, row[key]);
    return made;
  }

  #note(issues: readonly StandardSchemaV1.Issue[], row: Row, index: number): void {
    for (const issue of itemsOf(issues) ?? [issues]) {
      const { message, path = [] } = checkIssue(issue);
      const keys = path.map((segment) => (typeof segment === 'object' ? segment.key : segment));
      let value: unknown = row;
      for (const key of keys) {
        const inside = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
        value = inside ? (value as Record<PropertyKey, unknown>)[key] : undefined;
      }
      const at = keys.reduce<string>((at, key) => joinPath(at, typeof key === 'number' ? key : String(key)), '');
      this.#violations.add({ row: index, path: at, expected: message, got: pictureOf(value) });
    }
    // A schema that refuses without a reason refuses all the same.
    if (issues.length === 0) this.#violations.add({ row: index, path: '', expected: 'a row that the schema takes', got: 'an object' });
  }
}

/** A schema of another library, or of one's own, may give anything. */
function checkResult(result: StandardSchemaV1.Result<unknown>): StandardSchemaV1.Result<unknown> {
  if (typeof result === 'object' && result !== null && !isRevoked(result)) return result;
  throw invalid(`validate of the schema must give an object with value or issues, got ${show(result)}`);
}

function checkIssue(issue: unknown): StandardSchemaV1.Issue {
  if (typeof issue !== 'object' || issue === null || isRevoked(issue))
    throw invalid(`validate of the schema must give its issues as an array of objects with message, got ${show(issue)}`);
  const { message, path } = issue as StandardSchemaV1.Issue;
  const keys = path === undefined ? [] : itemsOf(path);
  const isPath = (key: unknown): boolean => key !== null && (typeof key !== 'object' || !isRevoked(key)) && key !== undefined;
  if (keys?.every(isPath) === true) return { message, path: keys as PropertyKey[] };
  throw invalid(`validate of the schema must give the path of an issue as an array of keys, got ${show(path)}`);
}

function split(row: Row, names: ReadonlySet<string>): Row {
  const kept: Row = {};
  for (const key of Object.keys(row)) if (names.has(key)) setOwn(kept, key, row[key]);
  return kept;
}
