import { CheckpointError } from '../../base/errors.js';
import type { Compat } from '../../options/compat.js';
import type { CheckpointInfo, ColumnInfo, FileOptions } from '../../options/options.js';
import type { FileHead, FileOrigin } from '../../store/origin.js';
import type { ParquetFacts } from '../parquet/parquet-facts.js';
import { hiveColumns, hiveValue, type HiveValue } from './hive.js';
import { vanished, type Part } from './list-parts.js';
import type { PartsSource } from './parts-source.js';
import { UnitedColumns } from './united-columns.js';

/** What parts have in common: their columns, and the types of these. */
export interface PartKind {
  facts: Pick<ParquetFacts, 'plan' | 'tree'>;
  /** Rows hold every key, null where there is nothing: as other writers leave them. */
  isFull: boolean;
  keys: readonly string[];
}

/** A part with what its footer says. */
export interface KnownPart extends Part {
  rows: number;
  kind: PartKind;
  /** The values of the columns that folders' names give, for each row of it; a column of its own of the same name counts. */
  constants: Map<string, HiveValue>;
}

/** A folder of parts: what is known of it without its rows. */
export interface Survey {
  path: string;
  parts: readonly KnownPart[];
  rows: number;
  /** The keys of the columns of all parts, those of folders' names at the end. */
  keys: readonly string[];
  kinds: readonly PartKind[];
  info: CheckpointInfo;
  head: FileHead;
}

/**
 * Looks at all parts of a folder: lists them, reads each footer, unites their columns.
 * @throws what `listParts` and an open throw; `ERR_CKPT_PARTS_DIFFER`
 */
export async function survey(path: string, source: PartsSource, options: FileOptions = {}, compat?: Compat): Promise<Survey> {
  // What the parts say must be of the folder that was listed.
  return source.whileSame(path, () => look(path, source, options, compat));
}

async function look(path: string, source: PartsSource, options: FileOptions, compat: Compat | undefined): Promise<Survey> {
  const listed = await source.list(path, options.limits?.parts);
  const hive = hiveColumns(listed.map(({ pairs }) => pairs));
  const kinds = new Map<string, PartKind>();
  const united = new UnitedColumns();
  const common = new Common();
  const parts: KnownPart[] = [];
  try {
    for await (const facts of source.describe(
      listed.map((part) => part.path),
      options,
    )) {
      const part = listed[parts.length] as Part;
      united.add(facts);
      common.add(facts.head());
      const kind = kindOf(facts, compat, kinds);
      parts.push({ ...part, rows: facts.rows, kind, constants: new Map() });
    }
  } catch (error) {
    const at = listed[parts.length]?.path;
    if (error instanceof CheckpointError && error.code === 'ERR_CKPT_NOT_FOUND' && at !== undefined) throw vanished(at, error);
    throw error;
  }
  giveConstants(parts, hive, united);
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const columns = [...united.infos().map((info) => withConstants(info, parts)), ...hiveInfos(hive, united.names, parts)];
  const head = common.head();
  const { hash, metadata } = head;
  const info: CheckpointInfo = { path, format: 'parquet', rows, bytes, hash, metadata, columns, delta: null, parts: parts.length };
  return { path, parts, rows, keys: columns.map(({ name }) => name), kinds: [...kinds.values()], info, head };
}

/** Gives parts the columns that they do not hold themselves. A null of a folder's name fits any type. */
function giveConstants(parts: readonly KnownPart[], hive: ReadonlyMap<string, 'int64' | 'string'>, united: UnitedColumns): void {
  for (const [key, type] of hive) {
    const without = parts.filter(({ kind }) => !kind.keys.includes(key));
    const texts = without.map(({ pairs }) => new Map(pairs).get(key) ?? null);
    const named = texts.findIndex((text) => text !== null);
    const given = named < 0 ? type : united.givenAs(key, type, (without[named] as KnownPart).path);
    for (const [at, { constants }] of without.entries()) constants.set(key, hiveValue(texts[at], given));
  }
}

function kindOf(facts: ParquetFacts, compat: Compat | undefined, kinds: Map<string, PartKind>): PartKind {
  const { plan, tree, keys, columns } = facts;
  const isFull = plan === undefined && facts.decode(compat) === undefined;
  const signature = JSON.stringify([isFull, plan ?? null, tree, columns.map(({ type }) => type)]);
  const known = kinds.get(signature);
  if (known !== undefined) return known;
  const kind = { facts: { plan, tree }, isFull, keys };
  kinds.set(signature, kind);
  return kind;
}

/** The info of a column of which some parts have the value of a folder's name, where others hold it. */
function withConstants(info: ColumnInfo, parts: readonly KnownPart[]): ColumnInfo {
  const given = parts.reduce((sum, { constants, rows }) => sum + ((constants.get(info.name) ?? null) === null ? 0 : rows), 0);
  return given === 0 || info.nulls === null ? info : { ...info, nulls: info.nulls - given };
}

function hiveInfos(hive: ReadonlyMap<string, string>, names: readonly string[], parts: readonly KnownPart[]): ColumnInfo[] {
  return [...hive].flatMap(([name, type]) => {
    if (names.includes(name)) return [];
    const nulls = parts.reduce((sum, { constants, rows }) => sum + (constants.get(name) === null ? rows : 0), 0);
    return [{ name, type, codec: 'none', bytes: 0, stored: type, encodings: [], nulls, exceptions: 0 }];
  });
}

/** What all parts say alike. */
class Common {
  #heads = 0;
  #hash: string | null = null;
  #metadata: Record<string, string> = {};
  #origin: FileOrigin = { createdBy: null, formatVersion: null, compat: null, checksums: false };

  add({ hash, metadata, origin }: FileHead): void {
    const { createdBy = null, formatVersion = null, compat = null, checksums = false } = origin ?? {};
    if (this.#heads++ === 0) {
      this.#hash = hash;
      this.#metadata = metadata;
      this.#origin = { createdBy, formatVersion, compat, checksums };
      return;
    }
    const both = this.#origin;
    if (this.#hash !== hash) this.#hash = null;
    this.#metadata = Object.fromEntries(Object.entries(this.#metadata).filter(([key, value]) => metadata[key] === value));
    this.#origin = {
      createdBy: both.createdBy === createdBy ? createdBy : null,
      formatVersion: both.formatVersion === formatVersion ? formatVersion : null,
      compat: both.compat === compat ? compat : null,
      checksums: both.checksums && checksums,
    };
  }

  head(): FileHead {
    return { hash: this.#hash, metadata: this.#metadata, origin: this.#origin };
  }
}
