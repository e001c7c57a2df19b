import type { Row } from 'arrow-ckpt';

export declare function baseRows(generation: number): Row[];
export declare function thinRows(generation: number, turn: number): Row[];
export declare function generationOf(rows: Row[]): number;
export declare function readAllBelow(folder: string): Promise<{ loads: number; wrong: string[] }>;
