import { useSearch } from '@tanstack/react-router';
import { useEffect, useReducer, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Note } from '../../components/note.tsx';
import { Page } from '../../components/page.tsx';
import { useShortcuts } from '../../keyboard/shortcuts.ts';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { LiveFilters } from './live-filters.tsx';
import { emptyList, liveList } from './live-list.ts';
import styles from './live-page.module.css';
import { LiveRow } from './live-row.tsx';
import { type Connection, openStreams } from './open-streams.ts';

export function LivePage() {
  const environment = useEnvironment();
  const { show, event, id } = useSearch({ from: '/e/$environment/live' });
  const [list, act] = useReducer(liveList, emptyList);
  const [connection, setConnection] = useState<Connection>('connecting');
  const toggle = () => act({ type: 'toggle' });
  useShortcuts([{ keys: 'p', does: texts.live.keys.pause, run: toggle }]);

  useEffect(() => {
    act({ type: 'clear' });
    return openStreams({
      environment,
      show,
      event,
      id,
      onItems: (items) => act({ type: 'came', items }),
      onConnection: setConnection,
    });
  }, [environment, show, event, id]);

  return (
    <Page
      title={texts.live.title}
      actions={
        <div className={styles.bar}>
          <span role="status">{list.paused ? texts.live.waiting(list.waitingCount) : texts.live[connection]}</span>
          <Button onClick={toggle} aria-pressed={list.paused}>
            {list.paused ? texts.live.resume : texts.live.pause}
          </Button>
          <Button onClick={() => act({ type: 'clear' })}>{texts.live.clear}</Button>
        </div>
      }
    >
      <LiveFilters />
      {list.shown.length === 0 ? (
        <Note>
          <p>{texts.live.nothing}</p>
          <p>{texts.live.node}</p>
        </Note>
      ) : (
        <ol aria-label={texts.live.list} className={styles.list}>
          {list.shown.map((item) => (
            <LiveRow key={item.key} item={item} />
          ))}
        </ol>
      )}
    </Page>
  );
}
