import { SidePanel } from '../components/side-panel.tsx';
import { texts } from '../texts/texts.ts';
import styles from './shortcut-list.module.css';
import type { Shortcut } from './shortcuts.ts';

interface Props {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly shortcuts: readonly Pick<Shortcut, 'keys' | 'does'>[];
}

const shown = (keys: string): string => keys.replace('mod+', 'Ctrl ');

export function ShortcutList({ open, onClose, shortcuts }: Props) {
  return (
    <SidePanel open={open} onClose={onClose} title={texts.shell.shortcuts}>
      <dl className={styles.list}>
        {shortcuts.map(({ keys, does }) => (
          <div key={`${keys} ${does}`} className={styles.row}>
            <dt>
              <kbd>{shown(keys)}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </SidePanel>
  );
}
