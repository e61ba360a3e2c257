import type { Identity, Link } from '@onym/sdk';
import type { Person } from './person.ts';
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
    nodes.map(({ branch, id, link }) => [
      branch + shortened(id),
      known.get(id) ? 'known' : 'anonymous',
      counted(events.get(id) ?? 0, 'event'),
      link === null ? '' : `${link.kind}, seq ${link.seq}`,
    ]),
  );
  const lines = nodes.map(({ branch, link }, i) => {
    const [name = '', kind, count, attached = ''] = cells[i]!;
    const label = name.slice(branch.length);
    const painted = style.dim(branch) + (link === null ? style.bold(label) : label);
    return `${painted}  ${kind}  ${count}  ${style.dim(attached)}`.trimEnd();
  });
  const unseen = identity.identifierCount - nodes.length;
  return [headline(identity, style), ...lines, ...(unseen > 0 ? [`… and ${counted(unseen, 'identifier')} more`] : [])];
}

function headline({ canonicalId, eventCount, firstSeen, traits }: Identity, style: Style): string {
  const since = firstSeen === null ? '' : ` since ${firstSeen.slice(0, 10)}`;
  const parts = [`${counted(eventCount, 'event')}${since}`, Object.keys(traits).length > 0 ? literal(traits) : 'no traits'];
  return `${style.bold(shortened(canonicalId))}: ${parts.join(', ')}`;
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
function attachments({ canonicalId, links }: Identity): Map<string, Attached[]> {
  const active = links.filter(({ status }) => status === 'active').sort((a, b) => a.seq - b.seq);
  const children = new Map<string, Attached[]>([[canonicalId, []]]);
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
