import type { ReactNode } from 'react';
import styles from './sidebar.module.css';

export function SidebarSection({
  title,
  isOpen = false,
  children,
}: {
  readonly title: string;
  readonly isOpen?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <details open={isOpen} className={styles.section}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}
