import { Link } from '@tanstack/react-router';
import { texts } from '../texts/texts.ts';
import styles from './navigation.module.css';
import { ReviewCount } from './review-count.tsx';
import { useEnvironment } from './use-environment.ts';

const pages = [
  { to: '/e/$environment/people', label: texts.find.title, note: null },
  { to: '/e/$environment/review', label: texts.review.title, note: <ReviewCount /> },
  { to: '/e/$environment/import', label: texts.imports.title, note: null },
  { to: '/e/$environment/health', label: texts.health.title, note: null },
  { to: '/e/$environment/sql', label: texts.sql.title, note: null },
  { to: '/e/$environment/live', label: texts.live.title, note: null },
] as const;

export function Navigation() {
  const environment = useEnvironment();
  return (
    <nav aria-label={texts.shell.navigation} className={styles.navigation}>
      {pages.map(({ to, label, note }) => (
        <Link key={to} to={to} params={{ environment }} className={styles.page}>
          {label}
          {note}
        </Link>
      ))}
    </nav>
  );
}
