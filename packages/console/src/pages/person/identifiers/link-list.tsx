import { useMemo } from 'react';
import { texts } from '../../../texts/texts.ts';
import type { Moment } from '../moment.ts';
import type { Standing } from '../standing.ts';
import { VirtualList } from '../virtual-list.tsx';
import { asLink } from '../why/as-link.ts';
import { LinkItem } from './link-item.tsx';
import type { ListedLink } from './listed.ts';

interface Props {
  readonly moment: Moment;
  readonly standing: Standing;
}

const itemHeight = 58;
const keyOf = (one: ListedLink): string =>
  'link' in one ? `link ${one.link.seq}` : `separation ${one.separation.seq} ${one.separation.a} ${one.separation.b}`;
const show = (one: ListedLink) => <LinkItem listed={one} />;

/** What the graph has as edges: links, evidence that was turned down, separations. */
export function LinkList({ moment: { links }, standing: { turnedDown, separations } }: Props) {
  const listed = useMemo(
    (): ListedLink[] => [
      ...links.map((link) => ({ link })),
      ...turnedDown.map((one) => ({ link: asLink(one) })),
      ...separations.map((separation) => ({ separation })),
    ],
    [links, turnedDown, separations],
  );
  return (
    <VirtualList
      label={texts.person.identifiers.linkRows}
      items={listed}
      keyOf={keyOf}
      show={show}
      height={itemHeight}
    />
  );
}
