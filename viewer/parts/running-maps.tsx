import type { RunningMap } from '../../lib/cli/view/wire.js';
import { printable } from '../data/visible.js';
import { costText, countText, plural, timeText } from '../data/words.js';

/** Maps that run, or that were interrupted. */
export function RunningMaps({ maps }: { maps: readonly RunningMap[] }) {
  if (maps.length === 0) return null;
  return (
    <ul class="maps" aria-label="Maps that run or were interrupted">
      {maps.map(({ step, operation, hash, state, rows, failed, usage, modified }) => (
        <li key={`${step} ${operation} ${hash}`} class={state}>
          <span class="dot" aria-hidden="true" />
          <strong>
            <bdi>
              {printable(step)} / {printable(operation)}
            </bdi>
          </strong>
          <span>{state === 'running' ? 'is running' : 'was interrupted'}</span>
          <span>{plural(rows, 'row')} done</span>
          {failed > 0 && <span class="bad">{countText(failed)} failed</span>}
          {usage.calls > 0 && <span>{plural(usage.calls, 'call')}</span>}
          {usage.inputTokens + usage.outputTokens > 0 && <span>{countText(usage.inputTokens + usage.outputTokens)} tokens</span>}
          {usage.cost > 0 && <span>cost {costText(usage.cost)}</span>}
          <small>{timeText(modified)}</small>
        </li>
      ))}
    </ul>
  );
}
