import { Outlet } from '@tanstack/react-router';
import { ActPanel } from '../acts/act-panel.tsx';
import { texts } from '../texts/texts.ts';
import { Navigation } from './navigation.tsx';
import styles from './shell.module.css';
import { SignedOutWatch } from './signed-out-watch.tsx';
import { TopBar } from './top-bar.tsx';
import { useEnvironment } from './use-environment.ts';

/** The environment's colour is along the top edge of every page. */
export function Shell() {
  const environment = useEnvironment();
  return (
    <div className={styles.shell} data-environment={environment}>
      <button type="button" className={styles.skip} onClick={focusPage}>
        {texts.shell.skip}
      </button>
      <TopBar />
      <Navigation />
      <main id="page" tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
      <ActPanel />
      <SignedOutWatch />
    </div>
  );
}

const focusPage = () => document.getElementById('page')?.focus();
