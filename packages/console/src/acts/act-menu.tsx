import { Menu } from '@base-ui/react/menu';
import { Button } from '../components/button.tsx';
import menuStyles from '../shell/menu.module.css';
import { texts } from '../texts/texts.ts';
import styles from './act-menu.module.css';
import type { ActSearch } from './act-search.ts';
import { useAct } from './use-act.ts';

interface Props {
  /** The person's canonical id. */
  readonly id: string;
  /** Identifiers, or a link, that are selected. */
  readonly a?: string;
  readonly b?: string;
  readonly link?: number;
}

/** What can be done with a person, or with what is selected of them. */
export function ActMenu({ id, a, b, link }: Props) {
  const { open } = useAct();
  const { menu } = texts.act;
  const pair = a !== undefined && b !== undefined;
  const more: readonly (readonly [string, ActSearch])[] = [
    ...(pair ? [[menu.separate, { act: 'separate', a, b }] as const] : []),
    [menu.export, { act: 'export', id }],
    [menu.erase, { act: 'erase', id }],
  ];
  return (
    <div className={styles.menu}>
      {link !== undefined && (
        <Button onClick={() => open({ act: 'split', link, ids: undefined })}>{menu.splitLink(link)}</Button>
      )}
      {pair && (
        <Button onClick={() => open({ act: 'split', a, b, link: undefined, ids: undefined })}>{menu.splitPair}</Button>
      )}
      {!pair && link === undefined && <Button onClick={() => open({ act: 'split', id })}>{menu.split}</Button>}
      <Button onClick={() => open({ act: 'alias', a: a ?? id, b })}>{menu.alias}</Button>
      <Menu.Root>
        <Menu.Trigger className={menuStyles.trigger} aria-label={menu.label}>
          ⋯
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner className={menuStyles.positioner} align="end" sideOffset={4}>
            <Menu.Popup className={menuStyles.popup}>
              {more.map(([label, act]) => (
                <Menu.Item key={label} className={menuStyles.item} onClick={() => open(act)}>
                  {label}
                </Menu.Item>
              ))}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
    </div>
  );
}
