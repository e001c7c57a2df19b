#!/usr/bin/env bash
# The OpenAI SDK spends all its retries within milliseconds where Retry-After is a date that is past by its own clock.
#
# Expected: 429 with a Retry-After that says nothing useful is tried again after the SDK's usual wait, 0.5 s and then 1 s.
# Happens:  date minus now is negative, and is slept: the retries follow at once. The Anthropic SDK, of the same generator, waits.
# Seen:     openai 6.49.0, @anthropic-ai/sdk 1.14.0, Node 20.20, Linux x64, a server on loopback whose date is 5 s old:
#             openai:    429 after 9 and 4 ms
#             anthropic: 429 after 389 and 911 ms
# Cares:    whoever has a proxy, a cache or a gateway in front of the service and a clock that runs some seconds ahead of its clock: a
#           busy minute becomes three requests in 20 ms and an error, for each call that runs.
# Around:   maxRetries: 0 and retries of one's own, with a least wait.
#
# Exits with 0 while it is so, otherwise with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund openai@6.49.0 @anthropic-ai/sdk@1.14.0
cat > try.mjs <<'NODE'
import { createServer } from 'node:http';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

/** The ms between the requests that one call makes. */
async function waits(call) {
  const at = [];
  const server = createServer((request, response) => {
    at.push(performance.now());
    request.resume();
    const date = new Date(Date.now() - 5000).toUTCString();
    response.writeHead(429, { 'retry-after': date, 'content-type': 'application/json' });
    response.end('{"error":{"message":"slow down"}}');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const status = await call(`http://127.0.0.1:${server.address().port}/v1`).catch((error) => error.status);
  server.close();
  return { status, waits: at.slice(1).map((time, index) => Math.round(time - at[index])) };
}
const messages = [{ role: 'user', content: 'Hello' }];
const calls = {
  openai: (baseURL) => new OpenAI({ baseURL, apiKey: 'none' }).chat.completions.create({ model: 'm', messages }),
  anthropic: (baseURL) => new Anthropic({ baseURL, apiKey: 'none' }).messages.create({ model: 'm', max_tokens: 9, messages }),
};
const seen = {};
for (const [name, call] of Object.entries(calls)) {
  seen[name] = await waits(call);
  console.log(`${name}: ${seen[name].status} after ${seen[name].waits.join(' and ')} ms`);
}
const isSo = Object.values(seen).every(({ status, waits }) => status === 429 && waits.length === 2);
process.exit(isSo && seen.openai.waits.every((ms) => ms < 150) && seen.anthropic.waits.every((ms) => ms > 300) ? 0 : 1);
NODE
node try.mjs
