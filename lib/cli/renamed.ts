/** Commands under the names that they had before. They work for one more version. */
const RENAMED: ReadonlyMap<string, string> = new Map([['gc', 'sweep']]);

/** The arguments with the new name of a command, also in `help gc`; `note` says so, unless notes are not wanted. */
export function renamed(args: readonly string[], note: (text: string) => void): readonly string[] {
  const at = args[0] === 'help' ? 1 : 0;
  const old = args[at];
  const name = old === undefined ? undefined : RENAMED.get(old);
  if (name === undefined) return args;
  if (!args.includes('--quiet') && !args.includes('-q')) note(`'${old}' is deprecated and will go with the next version: use '${name}'`);
  return args.with(at, name);
}
