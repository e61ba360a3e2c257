import { AccountMenu } from './account-menu.tsx';
import { EnvironmentSelect } from './environment-select.tsx';
import { SearchButton } from './search-button.tsx';
import { ThemeSelect } from './theme-select.tsx';
import { TimeZoneSelect } from './time-zone-select.tsx';
import styles from './top-bar.module.css';

export function TopBar() {
  return (
    <header className={styles.bar}>
      <EnvironmentSelect />
      <SearchButton />
      <TimeZoneSelect />
      <ThemeSelect />
      <AccountMenu />
    </header>
  );
}
