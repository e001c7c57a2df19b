import type { Row } from 'arrow-ckpt';

/** The rows of a version, `<texts>.<answers>`: those of two versions with the same texts share them. */
export function rowsOf(version: string): Row[] {
  const [texts = '', answers = ''] = version.split('.');
  return Array.from({ length: 40 }, (_, id) => ({ id, text: `${texts} ${id} `.repeat(60 + (id % 7)), answer: `${answers} ${id}` }));
}
