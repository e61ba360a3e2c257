import fc from 'fast-check';

// Histories differ in every run, and a failure prints its seed; ONYM_PROPERTY_SEED replays it. CI has a seed of its own, so that the same
// sources always give the same answer there.
const seed = process.env.ONYM_PROPERTY_SEED;
if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
