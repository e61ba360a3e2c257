import { Badge } from '../../../components/badge.tsx';
import { IdText } from '../../../components/id-text.tsx';
import { RowLink } from '../../../components/row-link.tsx';
import { Time } from '../../../components/time.tsx';
import { cutInTheMiddle } from '../../../format.ts';
import { texts } from '../../../texts/texts.ts';
import type { TraitValue } from '../queries.ts';
import { valueText } from '../value-text.ts';
import styles from './traits.module.css';

const words = texts.person.traits;
const valueLengthMax = 200;

export function TraitValueLine({
  value: { value, once, distinct_id, effective_time, seq, revoked_seq },
}: {
  readonly value: TraitValue;
}) {
  const text = value === null ? words.removed : valueText(value);
  return (
    <li className={styles.past}>
      <bdi className={value === null ? styles.removed : styles.value} title={text}>
        {cutInTheMiddle(text, valueLengthMax)}
      </bdi>{' '}
      {once && <Badge>{words.once}</Badge>}
      <p className={styles.origin}>
        <IdText id={distinct_id} max={24} /> · <Time at={effective_time} /> · {words.row} <RowLink seq={seq} />
        {revoked_seq !== null && (
          <>
            {' '}
            · {words.revoked} <RowLink seq={revoked_seq} />
          </>
        )}
      </p>
    </li>
  );
}
