import { Link, useNavigate } from '@tanstack/react-router';
import { useShortcuts } from '../../keyboard/shortcuts.ts';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import styles from './ledger-row.module.css';

/** The row before and the row after, by the keys k and j too. */
export function Neighbours({ seq, isLast }: { readonly seq: number; readonly isLast: boolean }) {
  const environment = useEnvironment();
  const navigate = useNavigate();
  const rows = [
    ...(seq > 1 ? [{ keys: 'k', does: texts.ledger.previous, to: seq - 1 }] : []),
    ...(isLast ? [] : [{ keys: 'j', does: texts.ledger.next, to: seq + 1 }]),
  ];
  useShortcuts(
    rows.map(({ keys, does, to }) => ({
      keys,
      does,
      run: () => void navigate({ to: '/e/$environment/ledger/$seq', params: { environment, seq: String(to) } }),
    })),
  );
  return (
    <nav aria-label={texts.ledger.row(seq)} className={styles.neighbours}>
      {rows.map(({ keys, does, to }) => (
        <Link
          key={keys}
          to="/e/$environment/ledger/$seq"
          params={{ environment, seq: String(to) }}
          title={`${does} (${keys})`}
        >
          {keys === 'k' ? `← ${does}` : `${does} →`}
        </Link>
      ))}
    </nav>
  );
}
