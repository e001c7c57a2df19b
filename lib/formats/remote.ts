import { once } from '../base/once.js';

/** Saves and loads of one object in a bucket: loaded by the first call with a URL. */
export const remote = once(() => import('./remote/remote-files.js'));
