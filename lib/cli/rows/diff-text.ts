import type { SchemaDiff } from '../../schema/diff-schema.js';
import type { Difference } from './differences-of.js';
import type { RowDifference, Tally } from './row-diff.js';
import { RowText } from './row-text.js';
import type { Colours } from '../output/colours.js';
import { countText, plural } from '../output/quantities.js';
import { printable } from '../output/printable.js';
import { fit } from '../output/text.js';

/** Columns of a value's text; `--json` has all of it. */
const VALUE_WIDTH = 160;
/** Places inside one row that are shown: a vector may differ in each of its numbers. */
const MAX_PLACES = 40;

/** The texts of a difference for people: `-` and red for the first file, `+` and green for the second. */
export class DiffText {
  readonly #colours: Colours;
  readonly #json = new RowText();

  constructor(colours: Colours) {
    this.#colours = colours;
  }

  /** The columns that differ; undefined for equal ones. */
  schema({ added, removed, changed }: SchemaDiff): string | undefined {
    const lines = [
      ...removed.map(({ path, type }) => this.#removed(`${printable(path)}: ${type}`)),
      ...added.map(({ path, type }) => this.#added(`${printable(path)}: ${type}`)),
      ...changed.map(({ path, from, to }) => this.#changed(`${printable(path)}: ${from} → ${to}`)),
    ];
    return lines.length === 0 ? undefined : [this.#colours.bold('columns'), ...lines].join('\n');
  }

  /** A row that differs, with the places inside. */
  row({ change, a, b, key, differences = [], row }: RowDifference): string {
    const place = a !== null && b !== null && a !== b ? `row ${a}, now row ${b}` : `row ${a ?? b ?? 0}`;
    const title = this.#colours.bold(key === undefined ? place : `${place}, ${this.#value(key)}`);
    if (change === 'added') return `${title}\n${this.#added(this.#value(row))}`;
    if (change === 'removed') return `${title}\n${this.#removed(this.#value(row))}`;
    const lines = differences.slice(0, MAX_PLACES).map((one) => this.#difference(one));
    const more = differences.length - lines.length;
    if (more > 0) lines.push(`  … ${plural(more, 'more place')}`);
    return [title, ...lines].join('\n');
  }

  /** What there is in all. */
  summary({ a, b, equal, changed, added, removed }: Tally, notShown: number): string {
    const rows = `${countText(a)} and ${plural(b, 'row')}`;
    if (changed + added + removed === 0) return `${this.#colours.green('no row differs')} (${rows})`;
    const counts = [
      changed > 0 ? `${countText(changed)} changed` : '',
      removed > 0 ? `${countText(removed)} only in the first file` : '',
      added > 0 ? `${countText(added)} only in the second` : '',
      `${countText(equal)} equal`,
    ];
    const more = notShown > 0 ? `; ${countText(notShown)} not shown, see --limit` : '';
    return `${rows}: ${counts.filter((text) => text !== '').join(', ')}${more}`;
  }

  #difference({ path, change, from, to }: Difference): string {
    const at = path === '' ? 'the row' : printable(path);
    if (change === 'added') return this.#added(`${at}: ${this.#value(to)}`);
    if (change === 'removed') return this.#removed(`${at}: ${this.#value(from)}`);
    return this.#changed(change === 'order' ? `${at}: keys in another order` : `${at}: ${this.#value(from)} → ${this.#value(to)}`);
  }

  #value(value: unknown): string {
    return fit(printable(this.#json.text(value)), VALUE_WIDTH);
  }

  #added(text: string): string {
    return this.#colours.green(`  + ${text}`);
  }

  #removed(text: string): string {
    return this.#colours.red(`  - ${text}`);
  }

  #changed(text: string): string {
    return this.#colours.yellow(`  ~ ${text}`);
  }
}
