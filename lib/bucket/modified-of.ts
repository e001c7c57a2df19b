/** The time that a store tells of an object; nothing for what is no time. */
export function modifiedOf(text: string | null | undefined): { modified?: Date } {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? {} : { modified: new Date(ms) };
}
