import type { Moment } from '../moment.ts';
import type { Origin, TraitValue } from '../queries.ts';

export interface Trait {
  readonly key: string;
  readonly value: unknown;
  readonly origin: Origin | undefined;
}

/** By key, in the order of the alphabet. */
export const traitsOf = ({ identity: { traits, trait_origins } }: Moment): Trait[] =>
  Object.keys(traits)
    .sort()
    .map((key) => ({ key, value: traits[key], origin: trait_origins[key] }));

/** Values as they were known at a ledger row: what came later is left out, and what was taken back later still stands. */
export const valuesAt = (values: readonly TraitValue[], seq: number | undefined): readonly TraitValue[] =>
  seq === undefined
    ? values
    : values
        .filter((value) => value.seq <= seq)
        .map((value) => ({
          ...value,
          revoked_seq: value.revoked_seq !== null && value.revoked_seq > seq ? null : value.revoked_seq,
        }));

/** No address holds these two as a part of it. */
export const hasHistory = (key: string): boolean => key !== '' && key !== '.' && key !== '..';
