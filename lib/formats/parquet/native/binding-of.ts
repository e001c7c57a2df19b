import { loadBinding, type Binding } from '../../../base/addon/binding.js';
import { CheckpointError } from '../../../base/errors.js';

/** The binding, for what is only called where there is one. */
export function bindingOf(): Binding {
  const binding = loadBinding();
  if (binding === null) throw new CheckpointError('ERR_CKPT_INTERNAL', 'arrow-ckpt has a bug: a native call without the binary');
  return binding;
}
