import { createContext, useContext, useEffect, useRef } from 'react';

/** A key that does something on this page. */
export interface Shortcut {
  /** As KeyboardEvent.key says it, `mod+k` for Ctrl or ⌘. */
  readonly keys: string;
  /** What it does, in words, for the list that ? shows. */
  readonly does: string;
  readonly run: () => void;
}

export interface ShortcutRegistry {
  readonly add: (shortcut: Shortcut) => () => void;
}

export const ShortcutsContext = createContext<ShortcutRegistry>({ add: () => () => {} });

/** These keys do this while the component is there. Keys typed into a field are the field's, those with mod excepted. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const { add } = useContext(ShortcutsContext);
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const names = JSON.stringify(shortcuts.map(({ keys, does }) => [keys, does]));

  useEffect(() => {
    const removals = (JSON.parse(names) as [string, string][]).map(([keys, does], index) =>
      add({ keys, does, run: () => latest.current[index]?.run() }),
    );
    return () => {
      for (const remove of removals) remove();
    };
  }, [add, names]);
}
