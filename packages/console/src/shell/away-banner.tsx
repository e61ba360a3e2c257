import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { texts } from '../texts/texts.ts';
import styles from './away-banner.module.css';
import { watchPresence } from './presence.ts';

/** While the server does not answer. Once it does again, whatever failed meanwhile is asked again. */
export function AwayBanner() {
  const queryClient = useQueryClient();
  const [away, setAway] = useState(false);
  useEffect(
    () =>
      watchPresence(queryClient, (now) => {
        setAway(now);
        if (!now) void queryClient.invalidateQueries();
      }),
    [queryClient],
  );
  return (
    <div role="status" className={away ? styles.banner : undefined}>
      {away ? texts.shell.away : ''}
    </div>
  );
}
