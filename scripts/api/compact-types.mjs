// The printed form of the public types: what API Extractor gives, with two spaces for four, and no line that says nothing.

/** The longest line, as everywhere in the project. */
const WIDTH = 140;
/** The longest line of code that is joined: API Extractor breaks none. */
const LONGEST = 250;

/**
 * Rolled-up types in their printed form. `typeOnly`: classes that the entry exports as types, though API Extractor prints them as values.
 */
export function compactTypes(text, typeOnly) {
  const lines = joinTypes(text.split('\n').map(halveIndent));
  const compact = [];
  for (let at = 0; at < lines.length; at++) {
    if (!lines[at].trimStart().startsWith('/**')) {
      if (lines[at] !== '' || compact.at(-1) !== '') compact.push(lines[at]);
      continue;
    }
    const end = lines.findIndex((line, index) => index >= at && line.trimEnd().endsWith('*/'));
    const comment = commentLines(lines.slice(at, end + 1));
    // A member stands behind its comment where the line has room.
    const next = lines[end + 1] ?? '';
    const one = `${comment.at(-1)} ${next.trimStart()}`;
    if (/^ |^\| /.test(next) && one.length <= WIDTH) {
      compact.push(...comment.slice(0, -1), one);
      at = end + 1;
    } else {
      compact.push(...comment);
      at = end;
    }
  }
  return exportTypes(closeRanks(joinBodies(compact)), typeOnly).join('\n');
}

/**
 * Members without comments share lines, and short bodies of such members stand in the line of their name: `interface DateColumn extends
 * Column { ... }`.
 */
function joinBodies(lines) {
  const shared = [];
  for (const line of lines) {
    const last = shared.at(-1) ?? '';
    const isPlain = (text) => /^ +(?!\/?\*|export )[\w'#[][^{}]*;$/.test(text);
    const indent = /^ */.exec(line)[0];
    const whole = `${last} ${line.trim()}`;
    if (isPlain(line) && isPlain(last) && last.startsWith(indent) && last[indent.length] !== ' ' && whole.length <= WIDTH)
      shared[shared.length - 1] = whole;
    else shared.push(line);
  }
  const joined = [];
  for (let at = 0; at < shared.length; at++) {
    const [line, inner = '', end = ''] = shared.slice(at, at + 3);
    const whole = `${line} ${inner.trim()} ${end.trim()}`;
    const isBody = /^ *export (?:declare )?interface .* \{$/.test(line) && /^ *\}$/.test(end) && !inner.includes('(');
    if (isBody && whole.length <= WIDTH) {
      joined.push(whole);
      at += 2;
    } else joined.push(line);
  }
  return joined;
}

/** No blank line beside declarations of one line with a comment of one line. */
function closeRanks(lines) {
  const isOne = (at) => /^\/\*\* .*\*\/$/.test(lines[at] ?? '') && /^export declare .*[;}]$/.test(lines[at + 1] ?? '');
  return lines.filter((line, at) => line !== '' || !(isOne(at + 1) || isOne(at - 2)));
}

const halveIndent = (line) => line.replace(/^ +/, (spaces) => ' '.repeat(spaces.length - Math.floor(spaces.length / 4) * 2));

/**
 * Object types and parameters that API Extractor spreads over lines, in one where they fit: `options: LoadOptions & {`, `schema: S;`, `}):
 * ...`.
 */
function joinTypes(lines) {
  const joined = [];
  for (let at = 0; at < lines.length; at++) {
    const end = lines.findIndex((line, index) => index > at && /^\s*\}/.test(line));
    const inner = lines.slice(at + 1, end).map((line) => line.trim());
    const opens =
      /[&:(?=|>{] *\{$|^\s*\{$/.test(lines[at]) && !/^(?:export )?declare (?:interface|class|namespace|abstract)/.test(lines[at]);
    const whole = `${lines[at]} ${inner.join(' ').replace(/;$/, '')} ${(lines[end] ?? '').trim()}`;
    if (end > at + 1 && opens && inner.every((line) => /^[\w'$?]+: [^{]*;$/.test(line)) && whole.length <= LONGEST) {
      joined.push(whole);
      at = end;
    } else joined.push(lines[at]);
  }
  return joined;
}

/** A comment without lines for its marks alone, filled up to the width. Lists, examples and tags keep their lines. */
function commentLines(lines) {
  const indent = lines[0].slice(0, lines[0].indexOf('/'));
  const body = lines.map((line) => line.replace(/^\s*\/?\*+\/? ?/, '').replace(/\s*\*\/\s*$/, ''));
  while (body[0] === '') body.shift();
  while (body.at(-1) === '') body.pop();
  // Of a member the first paragraph, its examples and its tags: docs/options.md has the rest.
  const first = body.indexOf('');
  if (indent !== '' && first !== -1 && !body.includes('```ts'))
    body.splice(first, body.slice(first).findIndex((line) => line.startsWith('@')) >>> 0);
  const filled = [];
  const code = new Set();
  let isCode = false;
  for (const line of body) {
    if (isCode) code.add(line);
    const fence = line.startsWith('```');
    const last = filled.at(-1);
    const goesOn = last !== undefined && last !== '' && !last.startsWith('```') && !/^(?:- |$)/.test(line);
    if (fence || isCode || !goesOn) filled.push(line);
    else filled[filled.length - 1] = `${last} ${line.trim()}`;
    if (fence) isCode = !isCode;
  }
  const wrapped = filled.filter((line) => line !== '').flatMap((line) => (code.has(line) ? [line] : wrap(line, WIDTH - indent.length - 7)));
  if (wrapped.length === 1) return [`${indent}/** ${wrapped[0]} */`];
  return wrapped.map((line, index) => `${indent}${index === 0 ? '/**' : ' *'} ${line}${index === wrapped.length - 1 ? ' */' : ''}`);
}

/** A line in lines of at most `width`. */
function wrap(line, width) {
  if (line.length <= width) return [line];
  const hang = line.startsWith('- ') ? '  ' : '';
  const lines = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current);
      current = hang + word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
}

/** Classes without a value at run time are exported as types. */
function exportTypes(lines, typeOnly) {
  if (typeOnly.length === 0) return lines;
  const missing = typeOnly.filter((name) => !lines.some((line) => line.startsWith(`export declare abstract class ${name} `)));
  if (missing.length > 0) throw new Error(`no such classes: ${missing.join(', ')}`);
  return lines.map((line) => {
    if (line === 'export { }') return `export type { ${typeOnly.join(', ')} };`;
    const isOne = typeOnly.some((name) => line.startsWith(`export declare abstract class ${name} `));
    return isOne ? line.slice('export '.length) : line;
  });
}
