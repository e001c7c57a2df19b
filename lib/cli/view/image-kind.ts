import type { ImageKind } from './wire.js';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];

/** Which picture bytes are, by how they begin. SVG is none of them: it may hold scripts. */
export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  if (PNG.every((byte, index) => bytes[index] === byte)) return 'png';
  return JPEG.every((byte, index) => bytes[index] === byte) ? 'jpeg' : undefined;
}
