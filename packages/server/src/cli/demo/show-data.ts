import { hasColour, overwriteNote, print, styles } from '../print.ts';
import { loadShop } from './load-shop.ts';
import type { Place } from './your-turn.ts';

export interface DataOptions extends Place {
  readonly events: number;
  readonly signal: AbortSignal;
}

/** Fills the server with the data that docs/sql.md asks about, and says how to ask. */
export async function showData({
  events,
  signal,
  url,
  folder,
  secretKey,
  writeKey,
  command,
}: DataOptions): Promise<void> {
  const isWatched = process.stderr.isTTY;
  const began = performance.now();
  await loadShop({
    url,
    secretKey,
    events,
    signal,
    progress(sent) {
      if (isWatched) overwriteNote(`${sent.toLocaleString('en')} of ${events.toLocaleString('en')} events`);
    },
  });
  if (isWatched) overwriteNote('');
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const bold = hasColour() ? styles.bold : (text: string) => text;
  print(`${bold(`A shop's twelve weeks: ${events.toLocaleString('en')} events`)}, sent in ${seconds} s. Onym listens at ${url}.

In another terminal:

  export ONYM_DATA_DIR=${folder}
  export ONYM_SECRET_KEY=${secretKey}
  export ONYM_WRITE_KEY=${writeKey}

  ${command} console
  ${command} schema
  ${command} query 'SELECT event, count() AS n FROM events GROUP BY event ORDER BY n DESC'
  ${command} query 'SELECT timestamp, event FROM events WHERE distinct_id = {id:String} ORDER BY timestamp' --param id=user_9

docs/sql.md asks more of it. Ctrl-C stops the server and removes the data.`);
}
