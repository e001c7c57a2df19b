/** Saves and loads of one object in a bucket: loaded by the first call with a URL. */
export function remote(): Promise<typeof import('./remote/remote-files.js')> {
  return import('./remote/remote-files.js');
}
