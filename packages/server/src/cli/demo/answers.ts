import type { Answer, BlastRadius, Explanation, Link, Verdict } from '@onym/sdk';
import type { Style } from './style.ts';
import { aligned, counted, literal, shortened } from './text.ts';

/** What the server answered, in lines. */

interface Told {
  readonly verdict: Verdict;
  readonly reason?: string | null;
  readonly seq: number | null;
}

export function verdictText({ verdict, reason, seq }: Told, style: Style): string {
  const because = reason ? `, ${reason}` : '';
  return style.verdict(verdict, verdict + because) + (seq === null ? '' : style.dim(`, seq ${seq}`));
}

export function answerLines(answer: Answer | Explanation, style: Style): string[] {
  if ('same' in answer) return explanationLines(answer, style);
  const { blastRadius } = answer;
  if (blastRadius === undefined) return [verdictText(answer, style)];
  const verdict = verdictText({ ...answer, seq: null }, style);
  return [`dry run, nothing is written: ${verdict}`, ...blastLines(blastRadius)];
}

function blastLines({ identities, identifiers, events, traits }: BlastRadius): string[] {
  return lined([
    ['identities', `${identities.before} before, ${identities.after} after`],
    ['would move', `${counted(identifiers.moved, 'identifier')} with ${counted(events, 'event')}`],
    ...traits.listed.map(({ canonicalId, key, from, to }, i) => [
      i === 0 ? 'traits' : '',
      `${shortened(canonicalId)}: ${key} ${valueText(from)} → ${valueText(to)}`,
    ]),
  ]);
}

const valueText = (value: unknown): string => (value === undefined ? '(none)' : literal(value));

function explanationLines({ same, path, refused, held, separations }: Explanation, style: Style): string[] {
  if (same) return ['one person, because of', ...lined(path.map(linkCells))];
  const turnedDown = [...refused, ...held].flatMap((link) => {
    const [seq = '', ...rest] = linkCells(link);
    const verdict = verdictText({ verdict: link.verdict, reason: link.reason, seq: null }, style);
    return [[seq, ...rest].join('  '), `${' '.repeat(seq.length)}  ${verdict}`];
  });
  const apart = separations.map(({ seq, a, b }) => `seq ${seq}  ${shortened(a)} and ${shortened(b)} are kept apart`);
  return ['not one person; between them stands', ...turnedDown, ...apart];
}

const linkCells = ({ seq, kind, primaryId, secondaryId }: Link): string[] => [
  `seq ${seq}`,
  kind,
  `${shortened(primaryId)} ← ${shortened(secondaryId)}`,
];

const lined = (rows: readonly (readonly string[])[]): string[] =>
  aligned(rows).map((cells) => cells.join('  ').trimEnd());
