import type { Answer, BlastRadius, Explanation, Link, Verdict } from '@onym/sdk';
import type { Style } from './style.ts';
import { aligned, counted, literal, shortened } from './text.ts';

/** What the server answered, in lines. */

interface Told {
  readonly verdict: Verdict;
  readonly reason?: string | null;
  readonly seq: number | null;
}

export function verdictLine({ verdict, reason, seq }: Told, style: Style): string {
  const because = reason ? `, ${reason}` : '';
  return style.verdict(verdict, verdict + because) + (seq === null ? '' : style.dim(`, seq ${seq}`));
}

export function answerLines(answer: Answer | Explanation, style: Style): string[] {
  if ('same' in answer) return explanationLines(answer);
  const { blastRadius } = answer;
  if (blastRadius === undefined) return [verdictLine(answer, style)];
  return [`${style.verdict(answer.verdict, answer.verdict)}, if it were sent: a dry run writes nothing`, ...blastLines(blastRadius)];
}

function blastLines({ identities, identifiers, events, traits }: BlastRadius): string[] {
  const rows = [
    ['identities', `${identities.before} before, ${identities.after} after`],
    ['would move', `${counted(identifiers.moved, 'identifier')} and ${counted(events, 'event')}`],
    ...traits.listed.map(({ canonicalId, key, from, to }, i) => [
      i === 0 ? 'traits' : '',
      `${shortened(canonicalId)}: ${key} ${valueText(from)} → ${valueText(to)}`,
    ]),
  ];
  return aligned(rows).map((cells) => cells.join('  ').trimEnd());
}

const valueText = (value: unknown): string => (value === undefined ? 'none' : literal(value));

function explanationLines({ same, path, refused, held, separations }: Explanation): string[] {
  return [
    same ? 'one person, because of' : 'not one person',
    ...aligned(path.map((link) => linkCells(link))).map((cells) => cells.join('  ').trimEnd()),
    ...[...refused, ...held].flatMap((link) => [`${linkCells(link).join('  ')}: ${link.status},`, `  ${link.reason}`]),
    ...separations.map(({ seq, a, b }) => `seq ${seq}  ${shortened(a)} and ${shortened(b)} are kept apart`),
  ];
}

const linkCells = ({ seq, kind, primaryId, secondaryId }: Link): string[] => [
  `seq ${seq}`,
  kind,
  `${shortened(primaryId)} ← ${shortened(secondaryId)}`,
];
