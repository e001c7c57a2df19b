/** What stands before the first semicolon that ends a statement, and what follows it; undefined where none does. */
function firstStatement(text: string): [statement: string, rest: string] | undefined {
  for (let at = 0; at < text.length; at++) {
    const end = quotedEnd(text, at);
    if (end === undefined) return undefined;
    if (end > at) at = end - 1;
    else if (text[at] === ';') return [text.slice(0, at).trim(), text.slice(at + 1)];
  }
  return undefined;
}

/** Behind what begins at a place and hides semicolons: a text, a name in quotes, a comment. The place itself where nothing does. */
function quotedEnd(text: string, at: number): number | undefined {
  const [closing, skip] = closingOf(text, at);
  if (closing === undefined) return at;
  const end = text.indexOf(closing, at + skip);
  // A comment to the end of the line ends with the text, too, but then no semicolon follows.
  return end < 0 ? undefined : end + closing.length;
}

function closingOf(text: string, at: number): [closing: string | undefined, skip: number] {
  if (text[at] === "'" || text[at] === '"') return [text[at], 1];
  if (text.startsWith('--', at)) return ['\n', 2];
  if (text.startsWith('/*', at)) return ['*/', 2];
  const [dollar] = /^\$(?:[A-Za-z_]\w*)?\$/.exec(text.slice(at, at + 64)) ?? [];
  return dollar === undefined ? [undefined, 0] : [dollar, dollar.length];
}

/** The statements of a text that a semicolon ends, without it, and what is left. */
export function splitStatements(text: string): { statements: string[]; rest: string } {
  const statements: string[] = [];
  let rest = text;
  for (let found = firstStatement(rest); found !== undefined; found = firstStatement(rest)) {
    if (found[0] !== '') statements.push(found[0]);
    rest = found[1];
  }
  return { statements, rest };
}
