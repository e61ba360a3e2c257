import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { texts } from '../texts/texts.ts';
import { ShortcutList } from './shortcut-list.tsx';
import { type Shortcut, ShortcutsContext } from './shortcuts.ts';

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const keysOf = (event: KeyboardEvent): string => `${event.ctrlKey || event.metaKey ? 'mod+' : ''}${event.key}`;

/** Hears keys for all who asked, the last first: what is in front goes before what is behind it. */
export function ShortcutsProvider({ children }: { readonly children: ReactNode }) {
  const [shortcuts, setShortcuts] = useState<readonly Shortcut[]>([]);
  const [listed, setListed] = useState(false);

  const add = useCallback((shortcut: Shortcut) => {
    setShortcuts((now) => [...now, shortcut]);
    return () => setShortcuts((now) => now.filter((other) => other !== shortcut));
  }, []);

  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.altKey || event.defaultPrevented) return;
      const keys = keysOf(event);
      if (!keys.startsWith('mod+') && isField(event.target)) return;
      const shortcut = shortcuts.findLast((one) => one.keys === keys);
      if (shortcut === undefined && keys !== '?') return;
      event.preventDefault();
      if (shortcut === undefined) setListed(true);
      else shortcut.run();
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  }, [shortcuts]);

  const registry = useMemo(() => ({ add }), [add]);
  return (
    <ShortcutsContext value={registry}>
      {children}
      <ShortcutList
        open={listed}
        onClose={() => setListed(false)}
        shortcuts={[{ keys: '?', does: texts.shell.shortcuts }, ...shortcuts]}
      />
    </ShortcutsContext>
  );
}
