import type { Row } from 'arrow-ckpt';

export declare function rowsOf(generation: number): Row[];
export declare function generationOf(rows: Row[]): number;
