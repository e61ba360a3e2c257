import { formatCount } from '../../../format.ts';
import { texts } from '../../../texts/texts.ts';
import field from '../field.module.css';
import type { Moment } from '../moment.ts';
import { useChangeSearch, usePersonSearch } from '../search.ts';
import styles from './identifiers.module.css';

/** Narrows the list, and says how much of it has been read. */
export function IdentifierFilter({ moment: { identity, identifiers } }: { readonly moment: Moment }) {
  const { find = '' } = usePersonSearch();
  const change = useChangeSearch();
  const { filter, filterHint, reading } = texts.person.identifiers;
  const all = identity.identifier_count;
  return (
    <div className={styles.filter}>
      <input
        type="search"
        className={field.wide}
        aria-label={filter}
        placeholder={filterHint}
        value={find}
        onChange={({ target }) => change({ find: target.value || undefined })}
      />
      <span role="status" className={styles.count}>
        {identifiers.length < all ? reading(formatCount(identifiers.length), formatCount(all)) : formatCount(all)}
      </span>
    </div>
  );
}
