import type { Identity, Link } from '@onym/sdk';
import { activeLinks, type Person } from './person.ts';
import type { Style } from './style.ts';
import { aligned, counted, literal, shortened } from './text.ts';

/** An identifier in its place: `branch` is drawn before it; `link` attached it to the identifier above, and is null for the canonical id. */
interface Node {
  readonly branch: string;
  readonly id: string;
  readonly link: Link | null;
}

/** The identity, then a line per identifier, each under the one that its link attached it to. */
export function treeLines({ identity, events }: Person, style: Style): string[] {
  const known = new Map(identity.identifiers.map((identifier) => [identifier.distinctId, identifier.known]));
  const nodes = nodesOf(identity);
  const cells = aligned(
    nodes.map(({ branch, id }) => [
      branch + shortened(id),
      known.get(id) ? 'known' : 'anonymous',
      counted(events.get(id) ?? 0, 'event'),
    ]),
  );
  const lines = nodes.map(({ branch, link }, i) => {
    const [name = '', kind, count] = cells[i]!;
    const label = name.slice(branch.length);
    const row = `${style.dim(branch)}${link === null ? style.bold(label) : label}  ${kind}  ${count}`;
    return link === null ? row.trimEnd() : `${row}  ${style.dim(`${link.kind}, seq ${link.seq}`)}`;
  });
  const unseen = identity.identifierCount - nodes.length;
  const body = [
    ...(Object.keys(identity.traits).length > 0 ? [literal(identity.traits)] : []),
    ...lines,
    ...(unseen > 0 ? [`… and ${counted(unseen, 'identifier')} more`] : []),
  ];
  return [heading(identity, style), ...body.map((line) => `  ${line}`)];
}

function heading({ canonicalId, eventCount, firstSeen }: Identity, style: Style): string {
  const since = firstSeen === null ? '' : ` since ${firstSeen.slice(0, 10)}`;
  return `Identity ${style.bold(shortened(canonicalId))}, ${counted(eventCount, 'event')}${since}`;
}

interface Attached {
  readonly id: string;
  readonly link: Link;
}

function nodesOf(identity: Identity): Node[] {
  const children = attachments(identity);
  const below = (id: string, margin: string): Node[] =>
    (children.get(id) ?? []).flatMap((child, i, siblings) => {
      const isLast = i === siblings.length - 1;
      return [
        { ...child, branch: `${margin}${isLast ? '└─ ' : '├─ '}` },
        ...below(child.id, `${margin}${isLast ? '   ' : '│  '}`),
      ];
    });
  return [{ branch: '', id: identity.canonicalId, link: null }, ...below(identity.canonicalId, '')];
}

/**
 * What hangs on each identifier, oldest link first. Of several ways from the canonical id to an identifier it is the one of the oldest
 * links: the later ones said what was so already.
 */
function attachments(identity: Identity): Map<string, Attached[]> {
  const active = activeLinks(identity);
  const children = new Map<string, Attached[]>([[identity.canonicalId, []]]);
  for (;;) {
    const link = active.find(({ primaryId, secondaryId }) => children.has(primaryId) !== children.has(secondaryId));
    if (link === undefined) break;
    const [above, id] = children.has(link.primaryId)
      ? [link.primaryId, link.secondaryId]
      : [link.secondaryId, link.primaryId];
    children.get(above)!.push({ id, link });
    children.set(id, []);
  }
  for (const attached of children.values()) attached.sort((a, b) => a.link.seq - b.link.seq);
  return children;
}
