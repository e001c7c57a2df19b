/**
 * The numbers of fields, from 0 to `count`, sorted so that each comes behind those that any shape has before it; where shapes disagree, the
 * first seen wins. `shapes`: the fields of each.
 */
export function orderedFields(count: number, shapes: readonly (readonly number[])[]): number[] {
  const followers = Array.from({ length: count }, () => new Set<number>());
  for (const fields of shapes) {
    for (let index = 1; index < fields.length; index++) followers[fields[index - 1] as number]?.add(fields[index] as number);
  }
  // Depth first, so that a field is done when all that follow it are: those stand behind it then.
  const done: number[] = [];
  const seen = new Set<number>();
  const visit = (start: number): void => {
    if (seen.has(start)) return;
    seen.add(start);
    const path = [{ field: start, left: [...(followers[start] as Set<number>)] }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.left.pop();
      if (next === undefined) {
        done.push(top.field);
        path.pop();
      } else if (!seen.has(next)) {
        seen.add(next);
        path.push({ field: next, left: [...(followers[next] as Set<number>)] });
      }
    }
  };
  for (let field = count - 1; field >= 0; field--) visit(field);
  return done.reverse();
}
