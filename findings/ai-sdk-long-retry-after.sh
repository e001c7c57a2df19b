#!/usr/bin/env bash
# The AI SDK asks again after 2 and 4 seconds where the service says to wait for a minute or longer.
#
# Expected: a Retry-After of 60 is waited for, as one of 2 is, or the call fails at once and says what it was told.
# Happens:  from 60 s on the header is passed over for the usual backoff, so both retries fall into the time in which the service refuses.
# Seen:     ai 6.0.326, @ai-sdk/openai 3.0.141, Node 20.20, Linux x64, a server on loopback:
#             Retry-After: 3 -> waits 3.0 and 3.0 s; Retry-After: 60 -> waits 2.0 and 4.0 s
# Cares:    limits by the minute are told as up to 60 s: exactly the longest waits are not kept. Services that count refused requests too
#           extend the pause, and the call fails six seconds later as if the service were down.
# Around:   maxRetries: 0, and retries of one's own that read responseHeaders of the error.
#
# Exits with 0 while it is so, otherwise with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund ai@6.0.326 @ai-sdk/openai@3.0.141 zod@4
cat > try.mjs <<'NODE'
import { createServer } from 'node:http';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText } from 'ai';

/** The seconds between the requests that one call makes. */
async function waits(seconds) {
  const at = [];
  const server = createServer((request, response) => {
    at.push(performance.now());
    request.resume();
    response.writeHead(429, { 'retry-after': String(seconds), 'content-type': 'application/json' });
    response.end('{"error":{"message":"slow down"}}');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const provider = createOpenAI({ baseURL: `http://127.0.0.1:${server.address().port}/v1`, apiKey: 'none' });
  await generateText({ model: provider('m'), prompt: 'Hello' }).catch(() => {});
  server.close();
  return at.slice(1).map((time, index) => (time - at[index]) / 1000);
}
const near = (found, wanted) => found.length === wanted.length && found.every((value, index) => Math.abs(value - wanted[index]) < 0.7);
const [short, long] = [await waits(3), await waits(60)];
const shown = (found) => found.map((value) => value.toFixed(1)).join(' and ');
console.log(`Retry-After: 3 -> waits ${shown(short)} s; Retry-After: 60 -> waits ${shown(long)} s`);
process.exit(near(short, [3, 3]) && near(long, [2, 4]) ? 0 : 1);
NODE
node try.mjs
