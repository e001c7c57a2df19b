import { valuesOf } from './option-keys.js';

/** The Python programs whose files can be written and read as they do. */
export type Compat = 'docetl' | 'kura';

/** Every {@link Compat}. */
export const COMPATS = valuesOf<Compat>({ docetl: true, kura: true });
