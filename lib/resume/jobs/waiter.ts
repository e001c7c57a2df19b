/** Waits that end at once, with an error, when the run does. */
export class Waiter {
  readonly #waits = new Map<NodeJS.Timeout, (reason: unknown) => void>();
  #stopped: { reason: unknown } | undefined;

  get isStopped(): boolean {
    return this.#stopped !== undefined;
  }

  readonly sleep = async (ms: number): Promise<void> => {
    if (this.#stopped !== undefined) throw this.#stopped.reason;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waits.delete(timer);
        resolve();
      }, ms);
      this.#waits.set(timer, reject);
    });
  };

  stop(reason: unknown): void {
    this.#stopped ??= { reason };
    for (const [timer, reject] of this.#waits) {
      clearTimeout(timer);
      reject(reason);
    }
    this.#waits.clear();
  }
}
