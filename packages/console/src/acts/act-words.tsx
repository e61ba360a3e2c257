import type { ReactNode } from 'react';
import { IdText } from '../components/id-text.tsx';
import { texts } from '../texts/texts.ts';
import type { Act } from './act.ts';
import type { Performed } from './perform.ts';

interface ActWords {
  readonly text: string;
  readonly parts: Readonly<Record<string, ReactNode>>;
}

const idOf = (id: string) => <IdText id={id} max={28} />;

/** What the button of an act says it will do, from what the dry run says. */
export function actWordsOf(act: Exclude<Act, { name: 'erase' }>, dryRun: Performed): ActWords {
  const moved = dryRun.radius?.identifiers.moved ?? 0;
  const what = texts.act.what(moved, dryRun.radius?.events ?? 0);
  switch (act.name) {
    case 'alias': {
      const name = dryRun.radius?.after[0]?.canonical_id ?? act.a;
      return { text: texts.act.do.alias, parts: { a: idOf(name), b: idOf(name === act.b ? act.a : act.b), what } };
    }
    case 'split': {
      const who = dryRun.radius?.identifiers.listed[0]?.from;
      if (who === undefined) return { text: texts.act.do.splitNone, parts: {} };
      return { text: texts.act.do.split, parts: { who: idOf(who), what } };
    }
    case 'separate':
    case 'lift':
      return { text: texts.act.do[act.name], parts: { a: idOf(act.a), b: idOf(act.b) } };
    case 'approve':
    case 'reject':
      return { text: texts.act.do[act.name], parts: { link: act.link, what } };
    case 'revert':
      return {
        text: texts.act.do.revert,
        parts: { rows: texts.act.rows(dryRun.revoked), batch: idOf(act.batch) },
      };
  }
}
