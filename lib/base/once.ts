/** What `load` gives, called for the first time only: an `import()` of what is there takes 50 microseconds all the same. */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => (loaded ??= load());
}
