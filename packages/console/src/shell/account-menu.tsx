import { Menu } from '@base-ui/react/menu';
import { useMutation } from '@tanstack/react-query';
import { useRouteContext, useRouter } from '@tanstack/react-router';
import { queryClient } from '../api/query-client.ts';
import { signOut } from '../api/session.ts';
import { texts } from '../texts/texts.ts';
import styles from './menu.module.css';

/** Whose session this is: acts are in the ledger under this key's name. */
export function AccountMenu() {
  const { session } = useRouteContext({ from: '/e/$environment' });
  const router = useRouter();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      await router.navigate({ to: '/sign-in' });
      queryClient.clear();
    },
  });
  return (
    <Menu.Root>
      <Menu.Trigger className={styles.trigger}>{texts.shell.account(session.key.name)} ▾</Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className={styles.positioner} align="end" sideOffset={4}>
          <Menu.Popup className={styles.popup}>
            <Menu.Item className={styles.item} onClick={() => leave.mutate()}>
              {texts.shell.signOut}
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
