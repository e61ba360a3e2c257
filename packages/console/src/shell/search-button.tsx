import { Link } from '@tanstack/react-router';
import { texts } from '../texts/texts.ts';
import styles from './search-button.module.css';
import { useEnvironment } from './use-environment.ts';

export function SearchButton() {
  const environment = useEnvironment();
  return (
    <Link to="/e/$environment/people" params={{ environment }} className={styles.search}>
      <span>{texts.shell.search}</span>
      <kbd>{texts.shell.searchKeys}</kbd>
    </Link>
  );
}
