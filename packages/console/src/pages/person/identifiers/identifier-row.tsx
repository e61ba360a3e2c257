import { Badge } from '../../../components/badge.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { IdText } from '../../../components/id-text.tsx';
import { Time } from '../../../components/time.tsx';
import { formatCount } from '../../../format.ts';
import { texts } from '../../../texts/texts.ts';
import { usePersonSearch } from '../search.ts';
import { useSelect } from '../use-select.ts';
import styles from './identifiers.module.css';
import type { ListedIdentifier } from './listed.ts';

interface Props {
  readonly index: number;
  readonly identifier: ListedIdentifier;
}

/** An identifier; its name selects it. */
export function IdentifierRow({ index, identifier: { id, known, canonical, firstSeen, links } }: Props) {
  const { a, b } = usePersonSearch();
  const select = useSelect();
  const isSelected = id === a || id === b;
  return (
    <tr data-index={index} aria-rowindex={index + 2} className={isSelected ? styles.selected : undefined}>
      <td className={styles.id}>
        <span className={styles.name}>
          <button
            type="button"
            className={styles.select}
            aria-pressed={isSelected}
            onClick={({ shiftKey }) => select(id, shiftKey)}
          >
            <IdText id={id} />
          </button>
          {canonical && <Badge tone="accent">{texts.person.canonical}</Badge>}
          <CopyButton text={id} what={texts.person.identifiers.copy} />
        </span>
      </td>
      <td className={styles.known}>
        <Badge tone={known ? 'known' : 'anonymous'}>{known ? texts.person.known : texts.person.anonymous}</Badge>
      </td>
      <td className={styles.firstSeen}>{firstSeen !== null && <Time at={firstSeen} />}</td>
      <td className={styles.links}>{formatCount(links)}</td>
    </tr>
  );
}
