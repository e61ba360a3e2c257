import type { Operation } from '@onym/core';
import type { Resolved } from '../../identity/store.ts';

/** A row that joins nothing and changes nothing, as it should. */
export interface Skipped {
  readonly skipped: string;
}

/** What is known here of the identifiers that rows name, when they are applied. */
export interface Here {
  /** The name of the identity that the identifier belongs to. */
  canonicalOf(distinctId: string): string;
  /** Whether the identifier itself is known. */
  isKnown(distinctId: string): boolean;
}

/** A row of a table that comes to operations, in order, by what is here already. */
export interface TableItem {
  /** Identifiers that `operations` asks about. */
  readonly ids: readonly string[];
  operations(here: Here): readonly Operation[] | NothingYet;
}

/** A row that changes nothing as things are here, and may later. */
export interface NothingYet {
  readonly reason: string;
}

export const isTableItem = (item: object): item is TableItem => 'operations' in item;

export function hereOf(resolved: ReadonlyMap<string, Resolved>, known: ReadonlySet<string>): Here {
  return {
    canonicalOf: (distinctId) => resolved.get(distinctId)?.canonicalId ?? distinctId,
    isKnown: (distinctId) => known.has(distinctId),
  };
}
