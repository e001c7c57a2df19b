/** The Python programs whose files can be written and read as they do. */
export const COMPATS = ['docetl', 'kura'] as const;
export type Compat = (typeof COMPATS)[number];
