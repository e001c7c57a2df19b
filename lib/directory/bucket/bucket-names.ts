import { sep } from 'node:path';
import { isProbe } from '../../bucket/ensure-conditional.js';
import { BATCHES, isBatchFile, operationComponent } from '../layout.js';
import { indexOfKept, KEPT_FOLDER } from '../kept-files.js';
import { decodeName, encodeName, twinIfShort, type NameKind } from '../names.js';
import { CONTINUED, CONTINUES, pathOf } from '../parts.js';

/*
 * The layout of a bucket is that of a local directory: see layout.ts. A directory that is copied to a bucket, or back, is the same one.
 *
 * Keys tell case apart, everywhere. So a name has the key of its plain encoding, whatever other names there are. What was copied from a
 * local directory may have that of its twin, or the name itself: these are looked at where the plain one is not there.
 */

/** What a key below a directory's prefix is. */
export interface BucketName {
  /** `part`: something in a folder that has the name of a checkpoint, as an engine writes its parts. */
  kind: 'checkpoint' | 'batch' | 'kept' | 'part' | 'config' | 'lease' | 'probe';
  /** Null: a batch that says none, or nothing of an operation. */
  step: string | null;
  operation: string;
  /** The folder that it is in, as a path; of a long name the first of several. */
  folder: string;
  /** The name of its file, put together where it is long. */
  file: string;
}

export const CONFIG_PATH = '.docetl_intermediate_config.json';
/** What a folder of parts ends with. */
const PARTS = '.parquet';
const LEASE = /^\.lease-[0-9a-f]{24}\.lock$/;

/** The paths that a name may have in a folder, the one that it is saved under first. */
export function pathsOf(name: string, kind: NameKind): string[] {
  const plain = encodeName(name, kind);
  const others = [twinIfShort(name, kind), name].filter((other) => other !== undefined && decodeName(other, kind) === name);
  return [...new Set([plain, ...(others as string[])])].filter((one) => one === plain || canBeKey(one)).map(keyOf);
}

function canBeKey(component: string): boolean {
  return !component.includes('/') && component !== '.' && component !== '..' && component.isWellFormed();
}

/** The paths of an operation's files without their extensions, the one that it is saved under first. */
export function stemsOf(step: string, operation: string): string[] {
  const operations = pathsOf(operation, 'operation');
  return pathsOf(step, 'step').flatMap((folder) => operations.map((own) => `${folder}/${own}`));
}

/** The paths of the folders of an operation's batches: of a step, or where DocETL has them. */
export function batchFoldersFor(operation: string, step: string | undefined): string[] {
  const own = pathsOf(operation, 'operation').map((path) => path + BATCHES);
  return step === undefined ? own : pathsOf(step, 'step').flatMap((folder) => own.map((each) => `${folder}/${each}`));
}

/** What a path below a directory is; undefined: nothing of ours. */
export function bucketName(path: string): BucketName | undefined {
  const segments = path.split('/');
  if (isProbe(segments.at(-1) as string)) return { kind: 'probe', step: null, operation: '', folder: '', file: path };
  if (segments.length === 1) {
    if (path === CONFIG_PATH) return { kind: 'config', step: null, operation: '', folder: '', file: path };
    return LEASE.test(path) ? { kind: 'lease', step: null, operation: '', folder: '', file: path } : undefined;
  }
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) return undefined;
  const kept = segments.indexOf(KEPT_FOLDER);
  if (kept > 0) return keptName(segments, kept);
  const names = joinedNames(segments);
  const file = names.at(-1) as string;
  const folder = segments.slice(0, -1).join('/');
  const [first, second] = names as [string, string];
  if (first.startsWith('.')) return undefined;
  if (names.length === 2 && first.endsWith(BATCHES)) {
    if (!isBatchFile(file)) return undefined;
    return { kind: 'batch', step: null, operation: operationOf(first), folder, file };
  }
  const step = decodeName(first, 'step');
  if (names.length === 3 && second.endsWith(BATCHES) && !second.startsWith('.') && isBatchFile(file))
    return { kind: 'batch', step, operation: operationOf(second), folder, file };
  const component = names.length === 2 || second.endsWith(PARTS) ? operationComponent(second) : undefined;
  if (component === undefined) return undefined;
  return { kind: names.length === 2 ? 'checkpoint' : 'part', step, operation: decodeName(component, 'operation'), folder, file };
}

function keptName(segments: string[], at: number): BucketName | undefined {
  const file = segments.at(-1) as string;
  const [step, ...names] = joinedNames([...segments.slice(0, at), ...segments.slice(at + 1)]);
  if (step === undefined || step.startsWith('.') || names.length !== 2 || indexOfKept(file) < 0) return undefined;
  const folder = segments.slice(0, -1).join('/');
  return { kind: 'kept', step: decodeName(step, 'step'), operation: decodeName(names[0] as string, 'operation'), folder, file };
}

function operationOf(folder: string): string {
  return decodeName(folder.slice(0, -BATCHES.length), 'operation');
}

/** Segments with long names put together: see parts.ts. */
export function joinedNames(segments: readonly string[]): string[] {
  const names: string[] = [];
  let begun: string | undefined;
  for (const segment of segments) {
    const whole: string = begun === undefined ? segment : begun + segment.slice(CONTINUED.length);
    const isNext = begun === undefined || segment.startsWith(CONTINUED);
    if (isNext && segment.endsWith(CONTINUES) && segment.length > CONTINUES.length) begun = whole.slice(0, -CONTINUES.length);
    else {
      names.push(isNext ? whole : segment);
      begun = undefined;
    }
  }
  return names;
}

function keyOf(component: string): string {
  const path = pathOf(component);
  return sep === '/' ? path : path.replaceAll(sep, '/');
}
