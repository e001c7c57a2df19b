// A service for tests, in a process of its own so that it has a clock of its own: says its port, and what came to it at /seen.
//   /call?ms=   answers after so long; counts, and refuses with 429 and Retry-After what is over the limit
//   /forget   empties /seen
//   /set?limit=&interval=&after=&status=   the limit from now on; what Retry-After says
//   /refuse?ms=   refuses all for so long, those that are on their way too
//   /break, /hang   ends the connection; never answers
import { createServer } from 'node:http';

let limit = Number.POSITIVE_INFINITY;
let interval = 1000;
let after = '1';
let status = 429;
let refusing = 0;
let seen = [];
let recent = [];
const held = new Set();

function refuse(response) {
  response.writeHead(status, after === '' ? {} : { 'retry-after': after === 'date' ? new Date(Date.now() + 1000).toUTCString() : after });
  response.end('slow down');
}

const server = createServer((request, response) => {
  const at = performance.now();
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const number = (name, usual) => Number(searchParams.get(name) ?? usual);
  if (pathname === '/seen') return response.end(JSON.stringify(seen));
  if (pathname === '/forget') {
    seen = [];
    return response.end();
  }
  if (pathname === '/set') {
    limit = number('limit', Number.POSITIVE_INFINITY);
    interval = number('interval', 1000);
    after = searchParams.get('after') ?? '1';
    status = number('status', 429);
    seen = [];
    recent = [];
    return response.end();
  }
  if (pathname === '/refuse') {
    refusing = at + number('ms', 1000);
    for (const each of held) each();
    return response.end();
  }
  const call = { at, status: 200, tokens: number('tokens', 0), answered: 0 };
  seen.push(call);
  if (pathname === '/break') return request.socket.destroy();
  if (pathname === '/hang') return;
  while (recent.length > 0 && recent[0] <= at - interval) recent.shift();
  const answer = (isRefused) => {
    held.delete(late);
    clearTimeout(timer);
    call.status = isRefused ? status : 200;
    call.answered = performance.now();
    if (isRefused) refuse(response);
    else response.end('ok');
  };
  const late = () => answer(true);
  const timer = setTimeout(() => answer(false), number('ms', 0));
  if (recent.length >= limit || at < refusing) return answer(true);
  recent.push(at);
  held.add(late);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.on('end', () => process.exit()).resume();
