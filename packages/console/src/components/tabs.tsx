import { Link, type LinkProps } from '@tanstack/react-router';
import styles from './tabs.module.css';

interface Tab {
  readonly name: string;
  readonly label: string;
  readonly link: LinkProps;
}

/** Views of one page, each with an address of its own: so they are links. */
export function Tabs({
  label,
  tabs,
  current,
}: {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly current: string;
}) {
  return (
    <nav aria-label={label} className={styles.tabs}>
      {tabs.map((tab) => (
        <Link
          key={tab.name}
          {...tab.link}
          className={styles.tab}
          activeProps={{}}
          // Else a tab without search parameters would be taken for each that has some.
          activeOptions={{ exact: true }}
          aria-current={tab.name === current ? 'page' : undefined}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
