import { Link } from '@tanstack/react-router';
import { texts } from '../texts/texts.ts';
import styles from './navigation.module.css';
import { pages } from './pages.ts';
import { ReviewCount } from './review-count.tsx';
import { useEnvironment } from './use-environment.ts';

const reviewPage = '/e/$environment/review';

export function Navigation() {
  const environment = useEnvironment();
  return (
    <nav aria-label={texts.shell.navigation} className={styles.navigation}>
      {pages.map(({ to, label }) => (
        <Link key={to} to={to} params={{ environment }} className={styles.page}>
          {label}
          {to === reviewPage && <ReviewCount />}
        </Link>
      ))}
    </nav>
  );
}
