import { linkOf, partsOf } from '../../api/row-parts.ts';
import { shownText } from '../../characters.ts';
import type { Words } from '../../texts/person.ts';
import { texts } from '../../texts/texts.ts';
import type { LedgerRow } from './queries.ts';

const { rows: words, evidence } = texts.person;
const keysShownMax = 6;

/** What a row of the ledger says, in words. */
export function rowWords(row: LedgerRow): Words {
  const { a = '', b = '', link, distinct_ids, scope } = partsOf(row);
  switch (row.op) {
    case 'identify':
    case 'alias':
    case 'track':
      return callWords(row);
    case 'approve':
      return [...words.approve(linkOf(row)?.approves ?? row.seq), ' ', ...callWords(row)];
    case 'reject':
      return words.reject(typeof link === 'number' ? link : row.seq, a, b);
    case 'split':
      if (distinct_ids !== undefined) return words.splitSet(distinct_ids.length);
      return typeof link === 'number' ? words.splitLink(link) : words.split(a, b);
    case 'separate':
      return words.separate(a, b);
    case 'lift':
      return words.lift(a, b);
    case 'revert':
      return scope?.batch !== undefined
        ? words.revertBatch(shownText(scope.batch))
        : words.revertKey(shownText(scope?.key ?? ''));
    case 'settings':
      return words.settings;
    case 'erase':
      return words.erase;
    case 'erased':
      return words.erased;
  }
}

/** What a call brought: evidence, an id that it named, traits. */
function callWords(row: LedgerRow): Words {
  const { identified, subject, traits = [] } = partsOf(row);
  const link = linkOf(row);
  const said: Words[] = [];
  if (link !== null) said.push(evidence[link.kind](link.primary_id, link.secondary_id));
  else if (typeof identified === 'string') said.push(words.identified(identified));
  if (traits.length > 0 && typeof subject === 'string')
    said.push(words.traits(subject, keysOf(traits.map(({ key }) => key))));
  return said.flatMap((sentence, index) => (index === 0 ? sentence : [' ', ...sentence]));
}

function keysOf(keys: readonly string[]): string {
  const shown = keys.slice(0, keysShownMax).map(shownText).join(', ');
  return keys.length > keysShownMax ? `${shown}, …` : shown;
}
