import { itemsOf } from '../../base/value/items-of.js';
import { CheckpointError } from '../../base/errors.js';
import { invalid, show } from '../../base/messages.js';
import { keysOf } from '../../options/option-keys.js';
import { asOptions, checkKeys } from '../../options/options.js';
import type { Logger } from '../../directory/log-lines.js';
import { isRevoked } from '../../base/value/is-revoked.js';
import { checkLogger } from '../../directory/manager-options.js';
import type { KuraCheckpointManager, LoadStrategy, MultiCheckpointManagerOptions, SaveStrategy } from './types.js';

const SAVE_STRATEGIES = ['all_enabled', 'primary_only'] as const;
const LOAD_STRATEGIES = ['first_found', 'priority'] as const;
const KEYS = keysOf<MultiCheckpointManagerOptions>({ saveStrategy: true, loadStrategy: true, heal: true, logger: true });
const METHODS = [
  'saveCheckpoint',
  'loadCheckpoint',
  'listCheckpoints',
  'deleteCheckpoint',
  'getCheckpointPath',
  'getCheckpointInfo',
  'getStats',
] as const;

/** The options of the constructor, checked and filled in. */
export function checkMultiOptions(given: MultiCheckpointManagerOptions | undefined): {
  saveStrategy: SaveStrategy;
  loadStrategy: LoadStrategy;
  heal: boolean;
  logger: Logger | null;
} {
  const what = 'MultiCheckpointManager';
  const options = asOptions(given, what) as MultiCheckpointManagerOptions;
  checkKeys(options, KEYS, what);
  const { saveStrategy = 'all_enabled', loadStrategy = 'first_found', heal = false, logger } = options;
  oneOf('saveStrategy', saveStrategy, SAVE_STRATEGIES);
  oneOf('loadStrategy', loadStrategy, LOAD_STRATEGIES);
  if (typeof heal !== 'boolean') throw invalid(`heal must be true or false, got ${show(heal)}`);
  return { saveStrategy, loadStrategy, heal, logger: checkLogger(logger) };
}

/** The managers, of which there must be one at least. */
export function checkManagers(managers: unknown): KuraCheckpointManager[] {
  const own = itemsOf(managers);
  if (own === undefined || own.length === 0) {
    throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `managers must be an array of at least one manager, got ${show(managers)}`);
  }
  for (const [index, manager] of own.entries()) {
    const missing = isRevoked(manager)
      ? METHODS[0]
      : METHODS.find((method) => typeof (manager as Partial<KuraCheckpointManager> | null)?.[method] !== 'function');
    if (missing === undefined) continue;
    const message = `managers[${index}] must be a checkpoint manager, but has no method ${missing}; got ${show(manager)}`;
    throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', message);
  }
  return own as KuraCheckpointManager[];
}

function oneOf(name: string, value: unknown, known: readonly string[]): void {
  if (!known.includes(value as string)) throw invalid(`${name} must be one of ${known.join(', ')}, got ${show(value)}`);
}
