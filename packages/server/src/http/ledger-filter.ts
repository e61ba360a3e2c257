import type { Fact, Seq } from '@onym/core';
import { OnymError } from '../errors.ts';
import { kindsOf, type LedgerKind, ledgerKinds } from './ledger-kinds.ts';

/** Which rows of the ledger a reader wants. */
export interface LedgerFilter {
  /** True when every row passes. */
  readonly isOpen: boolean;
  passes(fact: Fact): boolean;
}

const verdicts: readonly Fact['verdict'][] = ['applied', 'unchanged', 'refused', 'held'];

/** Of comma-separated names; undefined lets all pass. A row passes that is of one of the kinds and has one of the verdicts. */
export function ledgerFilterOf({ kind, verdict }: { kind?: string; verdict?: string }): LedgerFilter {
  const kinds = namesIn(kind, 'kind', Object.keys(ledgerKinds) as LedgerKind[]);
  const wanted = namesIn(verdict, 'verdict', verdicts);
  return {
    isOpen: kinds === null && wanted === null,
    passes: (fact) =>
      (wanted === null || wanted.has(fact.verdict)) &&
      (kinds === null || kindsOf(fact).some((each) => kinds.has(each))),
  };
}

function namesIn<T extends string>(
  text: string | undefined,
  field: string,
  known: readonly T[],
): ReadonlySet<T> | null {
  if (text === undefined || text === '') return null;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !known.includes(name as T));
  if (unknown === undefined) return new Set(names as T[]);
  throw new OnymError(
    'invalid-payload',
    `${field} is a list, separated by commas, of ${known.join(', ')}. ${JSON.stringify(unknown.slice(0, 64))} is none of them.`,
  );
}

export interface LedgerPage {
  readonly facts: readonly Fact[];
  /** Where the next page starts after; null at the end. */
  readonly next: Seq | null;
}
