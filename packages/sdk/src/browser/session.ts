import { sessionIdleMaxMs } from '../limits.ts';

export interface Session {
  /** `session-<uuid>`. */
  readonly sessionId: string;
  /** Epoch milliseconds of its last event. */
  readonly lastEventAt: number;
}

export function freshSession(uuid: () => string, now: number): Session {
  return { sessionId: `session-${uuid()}`, lastEventAt: now };
}

/** The session that an event at `now` belongs to: this one, or a new one after too long a silence. */
export function sessionAt(session: Session, now: number, uuid: () => string): Session {
  // A clock that was set back would otherwise keep a session for ever.
  if (Math.abs(now - session.lastEventAt) > sessionIdleMaxMs) return freshSession(uuid, now);
  // An event that was queued before `init` is older than what came since.
  return { ...session, lastEventAt: Math.max(now, session.lastEventAt) };
}
