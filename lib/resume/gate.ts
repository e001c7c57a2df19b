/** Lets a loop wait until another has done something. Opened while nobody waits, it lets the next who waits pass at once. */
export class Gate {
  #open = false;
  #pass: (() => void) | undefined;

  open(): void {
    this.#open = true;
    const pass = this.#pass;
    this.#pass = undefined;
    pass?.();
  }

  async wait(): Promise<void> {
    if (!this.#open) await new Promise<void>((pass) => (this.#pass = pass));
    this.#open = false;
  }
}
