import type { StoredEvent } from './events/types.ts';
import type { UuidWindow } from './journal/uuid-window.ts';

type Hear = (events: readonly StoredEvent[]) => void;

export interface EventFeed {
  /** Calls `hear` with an environment's events once they are durable; those sent again are left out. Returns how to stop. */
  listen(environment: string, hear: Hear): () => void;
  /** The same way into the journal, listened at. Costs nothing while nobody listens. */
  overhear(uuidWindow: UuidWindow): UuidWindow;
}

/** Events as they come, for live readers. Nothing is kept for those who come later. */
export function createEventFeed(): EventFeed {
  const listeners = new Map<string, Set<Hear>>();
  return {
    listen(environment, hear) {
      const set = listeners.get(environment) ?? new Set();
      listeners.set(environment, set.add(hear));
      return () => {
        if (set.delete(hear) && set.size === 0) listeners.delete(environment);
      };
    },
    overhear: (uuidWindow) => ({
      ...uuidWindow,
      append: (environment, events) =>
        uuidWindow.append(environment, events).then((fresh) => {
          const set = listeners.get(environment);
          if (set !== undefined) {
            const heard = events.flatMap(({ event }, i) => (fresh[i] === true ? [event] : []));
            if (heard.length > 0) for (const hear of set) hear(heard);
          }
          return fresh;
        }),
    }),
  };
}
