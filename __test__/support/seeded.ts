import fc from 'fast-check';

const given = process.env['ARROW_CKPT_SEED'];

/**
 * The seed of all property tests. The same in each run, so that a gate says the same twice of the same code; `ARROW_CKPT_SEED=random` takes
 * another each time (the nightly run does), and a number repeats one.
 */
export const SEED = given === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(given ?? 20261126);

fc.configureGlobal({ seed: SEED });

export { fc };
