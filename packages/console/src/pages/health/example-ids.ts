import type { Finding } from './queries.ts';

const idFields = ['distinct_id', 'alias_id', 'anonymous_id', 'device_id', 'canonical_id', 'similar_id'] as const;

/** The identifiers of a call that broke a rule, by the field that held each. */
export const idsOfExample = (example: Finding['examples'][number]) =>
  idFields.flatMap((field) => {
    const id = example[field];
    return id === undefined ? [] : [{ field, id }];
  });
