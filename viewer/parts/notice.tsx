import type { ComponentChildren } from 'preact';
import type { Trouble } from '../../lib/cli/view/wire.js';

/** Something that went wrong, with its code. */
export function Notice({ trouble, children }: { trouble: Trouble; children?: ComponentChildren }) {
  return (
    <div class="notice" role="alert">
      <span>
        <bdi>{trouble.message}</bdi> <code>{trouble.code}</code>
      </span>
      {children}
    </div>
  );
}
