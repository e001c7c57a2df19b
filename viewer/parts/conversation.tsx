import type { ComponentChildren } from 'preact';
import type { Shown } from '../../lib/cli/view/wire.js';
import type { ValuePlace } from '../data/value-place.js';
import { printable } from '../data/visible.js';

/** A message of a conversation, with its place in the list. */
interface Message {
  role: string;
  name: string | undefined;
  /** What it says and calls, each with the key that it has. */
  said: [key: string, value: Shown][];
  index: number;
}

const ROLES: Readonly<Record<string, string>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  ai: 'assistant',
  model: 'assistant',
  tool: 'tool',
  function: 'tool',
};

/** The messages of a list, where it is a conversation. */
export function messagesOf(list: Extract<Shown, { kind: 'list' }>): Message[] | undefined {
  const messages: Message[] = [];
  for (const [index, item] of list.items.entries()) {
    if (item.kind !== 'object') return undefined;
    const entries = new Map(item.entries);
    const role = entries.get('role');
    if (role?.kind !== 'string' || !Object.hasOwn(ROLES, role.text)) return undefined;
    if (!['content', 'parts', 'tool_calls'].some((key) => entries.has(key))) return undefined;
    const name = entries.get('name');
    const said = item.entries.filter(([key, value]) => key !== 'role' && key !== 'name' && value.kind !== 'null');
    messages.push({ role: role.text, name: name?.kind === 'string' ? name.text : undefined, said, index });
  }
  return messages.length === 0 ? undefined : messages;
}

/** Shows a value that a message has. */
type Render = (value: Shown, place: ValuePlace) => ComponentChildren;

/** Chat messages as people read them. */
export function Conversation({ messages, place, render }: { messages: readonly Message[]; place: ValuePlace; render: Render }) {
  return (
    <ol class="chat">
      {messages.map(({ role, name, said, index }) => (
        <li key={index} class={`message ${ROLES[role]}`}>
          <span class="role">
            {role}
            {name !== undefined && (
              <>
                {' '}
                <bdi>{printable(name)}</bdi>
              </>
            )}
          </span>
          {said.map(([key, value]) => (
            <div key={key}>
              {key !== 'content' && <small class="tag">{printable(key)}</small>}
              <Said value={value} place={{ ...place, path: [...place.path, index, key] }} render={render} />
            </div>
          ))}
        </li>
      ))}
    </ol>
  );
}

/** What a message says: text, or parts of which some are text. */
function Said({ value, place, render }: { value: Shown; place: ValuePlace; render: Render }) {
  if (value.kind !== 'list') return <>{render(value, place)}</>;
  return (
    <>
      {value.items.map((item, index) => {
        const text = item.kind === 'object' && item.entries.length <= 2 ? new Map(item.entries).get('text') : undefined;
        const path = [...place.path, index];
        const shown = text === undefined ? render(item, { ...place, path }) : render(text, { ...place, path: [...path, 'text'] });
        return <div key={index}>{shown}</div>;
      })}
    </>
  );
}
