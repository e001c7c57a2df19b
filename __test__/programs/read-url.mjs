// Reads a URL and prints the number of its rows: node read-url.mjs <url> <options as JSON>
import { readCheckpoint } from 'arrow-ckpt';

const [url, options] = process.argv.slice(2);
console.log((await readCheckpoint(url, JSON.parse(options))).length);
