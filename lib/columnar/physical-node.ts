import type { TextMode } from '../options/options.js';

/** A node of the file's physical tree, as the core describes it. */
export interface PhysicalNode {
  name: string;
  kind: 'struct' | 'list' | 'map' | 'null' | 'f64' | 'bool' | 'text' | 'dict' | 'int' | 'bytes' | 'date' | 'timestamp' | 'variant';
  children?: PhysicalNode[];
  /** Of a `variant`: what becomes of its texts. */
  text?: TextMode;
}
