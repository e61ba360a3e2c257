import { Badge } from '../../../components/badge.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { texts } from '../../../texts/texts.ts';
import type { CallName } from './calls.ts';
import styles from './steps.module.css';

const { first } = texts.find;

interface Props {
  readonly name: CallName;
  readonly hasArrived: boolean;
  readonly curl: string;
}

/** A call to make, which turns green once it has arrived. */
export function CallStep({ name, hasArrived, curl }: Props) {
  const { title, words } = first.calls[name];
  return (
    <li className={`${styles.step} ${hasArrived ? styles.arrived : ''}`}>
      <div className={styles.head}>
        <h3>{title}</h3>
        <span role="status">
          <Badge tone={hasArrived ? 'known' : 'plain'}>{hasArrived ? first.arrived : first.waiting}</Badge>
        </span>
      </div>
      <p className={styles.hint}>{words}</p>
      <div className={styles.call}>
        <pre className={styles.code}>{curl}</pre>
        <CopyButton text={curl} what={`${first.call} ${name}`} />
      </div>
    </li>
  );
}
