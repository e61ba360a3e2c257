import { Menu } from '@base-ui/react/menu';
import { useRouteContext } from '@tanstack/react-router';
import { texts } from '../texts/texts.ts';
import styles from './menu.module.css';
import { useSignOut } from './use-sign-out.ts';

/** Whose session this is: acts are in the ledger under this key's name. */
export function AccountMenu() {
  const { session } = useRouteContext({ from: '/e/$environment' });
  const leave = useSignOut();
  return (
    <Menu.Root>
      <Menu.Trigger className={styles.trigger}>{texts.shell.account(session.key.name)} ▾</Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className={styles.positioner} align="end" sideOffset={4}>
          <Menu.Popup className={styles.popup}>
            <Menu.Item className={styles.item} onClick={leave}>
              {texts.shell.signOut}
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
