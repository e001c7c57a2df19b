/** The files that a manager saved or loaded last, the latest first: what it saves next is likely to be made from them. */
export class RecentFiles {
  #paths: readonly string[] = [];

  constructor(readonly most: number) {}

  get paths(): readonly string[] {
    return this.#paths;
  }

  note(path: string): void {
    this.#paths = [path, ...this.#paths.filter((other) => other !== path)].slice(0, this.most);
  }
}
