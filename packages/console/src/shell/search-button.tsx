import { lazy, Suspense, useEffect, useState } from 'react';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { texts } from '../texts/texts.ts';
import styles from './search-button.module.css';

const load = () => import('../palette/palette.tsx');
const Palette = lazy(() => load().then((module) => ({ default: module.Palette })));

/** Opens the command palette, as Ctrl K and ⌘ K do on every page. */
export function SearchButton() {
  const [open, setOpen] = useState(false);
  // Once opened it stays: where it has been closed, it says where the focus returns to.
  const [openings, setOpenings] = useState(0);
  const show = (now: boolean) => {
    if (now) setOpenings(openings + 1);
    setOpen(now);
  };
  useShortcuts([{ keys: 'mod+k', does: texts.palette.title, run: () => show(!open) }]);
  // Fetched before it is asked for, so that what is typed first is not lost.
  useEffect(() => {
    const timer = setTimeout(() => void load(), 500);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <button type="button" className={styles.search} onClick={() => show(true)}>
        <span className={styles.words}>{texts.shell.search}</span>
        <kbd>{texts.shell.searchKeys}</kbd>
      </button>
      <Suspense>{openings > 0 && <Palette open={open} opening={openings} onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}
