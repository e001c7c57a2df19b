import type { Engine } from './catalogue.ts';
import { JAVASCRIPT_ENGINES } from './javascript-engines.ts';
import { PYTHON_ENGINES } from './python-engines.ts';

export const ENGINES: Engine[] = [...PYTHON_ENGINES, ...JAVASCRIPT_ENGINES];
