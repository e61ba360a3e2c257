import { Button } from '../../../components/button.tsx';
import { texts } from '../../../texts/texts.ts';
import type { Moment } from '../moment.ts';
import { Panel } from '../panel.tsx';
import { useChangeSearch, usePersonSearch } from '../search.ts';
import type { Standing } from '../standing.ts';
import { asLink } from './as-link.ts';
import { LinkLine } from './link-line.tsx';
import { SeparationLine } from './separation-line.tsx';
import styles from './why.module.css';

interface Props {
  readonly moment: Moment;
  readonly standing: Standing;
}

/** The edge that is selected in the graph. Nothing where none is, or none that is there at this moment. */
export function LinkPanel({ moment: { links }, standing: { turnedDown, separations } }: Props) {
  const { link: seq } = usePersonSearch();
  const change = useChangeSearch();
  if (seq === undefined) return null;
  const down = turnedDown.find((one) => one.seq === seq);
  const link = links.find((one) => one.seq === seq) ?? (down && asLink(down));
  const kept = separations.filter((one) => one.seq === seq);
  if (link === undefined && kept.length === 0) return null;
  return (
    <Panel
      title={texts.person.why.link(seq)}
      aside={
        <Button look="quiet" onClick={() => change({ link: undefined })}>
          {texts.person.why.clear}
        </Button>
      }
    >
      <ul className={`${styles.body} ${styles.chain}`}>
        {link !== undefined && (
          <li>
            <LinkLine link={link} />
          </li>
        )}
        {kept.map((separation) => (
          <li key={`${separation.a} ${separation.b}`}>
            <SeparationLine separation={separation} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
