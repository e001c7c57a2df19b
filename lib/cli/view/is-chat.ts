/** Messages that are looked at. */
const MOST_LOOKED_AT = 8;
const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function', 'human', 'ai', 'model']);

/** Whether a list is a conversation: objects with a known role each, and something said or called. */
export function isChat(list: readonly unknown[]): boolean {
  return list.length > 0 && list.slice(0, MOST_LOOKED_AT).every(isMessage);
}

function isMessage(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { role, content, parts, tool_calls: calls } = value as Record<string, unknown>;
  return typeof role === 'string' && ROLES.has(role) && (content !== undefined || parts !== undefined || calls !== undefined);
}
