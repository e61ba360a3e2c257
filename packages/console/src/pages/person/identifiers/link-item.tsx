import { Button } from '../../../components/button.tsx';
import { texts } from '../../../texts/texts.ts';
import { useChangeSearch, usePersonSearch } from '../search.ts';
import { LinkLine } from '../why/link-line.tsx';
import { SeparationLine } from '../why/separation-line.tsx';
import styles from './identifiers.module.css';
import type { ListedLink } from './listed.ts';

/** A link or a separation, to be selected as an edge of the graph is. */
export function LinkItem({ listed }: { readonly listed: ListedLink }) {
  const { link: selected } = usePersonSearch();
  const change = useChangeSearch();
  const seq = 'link' in listed ? listed.link.seq : listed.separation.seq;
  const isSelected = seq === selected;
  return (
    <div className={`${styles.link} ${isSelected ? styles.selected : ''}`}>
      {'link' in listed ? <LinkLine link={listed.link} /> : <SeparationLine separation={listed.separation} />}
      <Button
        look="quiet"
        aria-pressed={isSelected}
        aria-label={texts.person.identifiers.selectLink(seq)}
        onClick={() => change({ link: isSelected ? undefined : seq })}
      >
        {texts.person.identifiers.select}
      </Button>
    </div>
  );
}
