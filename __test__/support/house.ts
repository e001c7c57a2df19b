/** The circles of a graph of imports: the strongly connected components of more than one file (Tarjan 1972), each sorted. */
export function findCircles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file) as number);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!index.has(next)) visit(next);
      else if (!stack.includes(next)) continue;
      low.set(file, Math.min(low.get(file) as number, low.get(next) as number));
    }
    if (low.get(file) !== index.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return circles;
}

/** `CheckpointManager` as the name of a file: `checkpoint-manager`. */
export function kebab(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

const MOST_COLUMNS = 140;
const COMMENT = /^\s*(?:\/\/|\/\*|\*|#)/;

/**
 * The numbers of the lines of a comment, or of a Markdown page, that are too long. Tables, code in pages, and lines without a space to
 * break at are left out: so is code, which the formatter breaks.
 */
export function tooLong(text: string, isPage: boolean): number[] {
  let isCode = false;
  return text.split('\n').flatMap((line, index) => {
    if (isPage && line.trimStart().startsWith('```')) isCode = !isCode;
    const isProse = isPage ? !isCode && !line.trimStart().startsWith('|') : COMMENT.test(line);
    return isProse && line.length > MOST_COLUMNS && /\S\s+\S/.test(line.slice(40)) ? [index + 1] : [];
  });
}
