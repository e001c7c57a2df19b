// What calls of one file need for a URL: see `remote`.
export { openRemote, readRemote, withWhole } from './remote-store.js';
export { writeRemote } from './write-remote.js';
