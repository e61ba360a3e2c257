import { formatCount } from '../../../format.ts';
import { texts } from '../../../texts/texts.ts';
import type { Moment } from '../moment.ts';
import { Panel } from '../panel.tsx';
import { usePersonSearch } from '../search.ts';
import { VirtualList } from '../virtual-list.tsx';
import { TraitItem } from './trait-item.tsx';
import styles from './traits.module.css';
import { type Trait, traitsOf } from './traits.ts';

const itemHeight = 50;
const keyOf = ({ key }: Trait): string => key;
const show = (trait: Trait) => <TraitItem trait={trait} />;

/** The traits of the moment, each with where it comes from. */
export function TraitsPanel({ moment }: { readonly moment: Moment }) {
  const { as_of_seq } = usePersonSearch();
  const traits = traitsOf(moment);
  const { title, rows, none, noneThen } = texts.person.traits;
  return (
    <Panel
      title={title}
      className={styles.panel}
      aside={<span className={styles.count}>{formatCount(traits.length)}</span>}
    >
      {traits.length === 0 ? (
        <p className={styles.none}>{as_of_seq === undefined ? none : noneThen}</p>
      ) : (
        <VirtualList label={rows} items={traits} keyOf={keyOf} show={show} height={itemHeight} />
      )}
    </Panel>
  );
}
