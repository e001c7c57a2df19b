import { isByEngine, isIgnored, isMarker, isPart, isPartition } from '../../formats/folder/part-names.js';

/** The folder that a path is in, if that may be one of parts beside the steps. */
export function perhapsParts(path: string): string | undefined {
  const folder = path.slice(0, Math.max(0, path.indexOf('/')));
  return isPart(folder) && folder.endsWith('.parquet') ? folder : undefined;
}

/** What is found of such a folder: all that is in it says whether it is one, as `isPartsFolder` does on disk. */
export class PerhapsParts<T> {
  readonly folder: string;
  readonly #items: T[] = [];
  #isOne = false;
  #hasOthers = false;
  #byEngines = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  see(path: string): void {
    const [, name = ''] = path.split('/', 2) as [string, string?];
    if (isMarker(name) || isPartition(name)) this.#isOne = true;
    else if (isByEngine(name)) this.#byEngines++;
    else if (!isIgnored(name) && name !== '') this.#hasOthers = true;
  }

  add(item: T): void {
    this.#items.push(item);
  }

  /** Whether it is a folder of parts, as far as is seen. */
  get isOne(): boolean {
    return this.#isOne || (this.#byEngines > 0 && !this.#hasOthers);
  }

  /** Those of a step; of a folder of parts none. */
  items(): readonly T[] {
    return this.isOne ? [] : this.#items;
  }
}
