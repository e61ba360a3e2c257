import type { QueryClient } from '@tanstack/react-query';
import { redirect } from '@tanstack/react-router';
import { type Session, sessionQuery } from '../api/session.ts';

/** The session; without one, the way to the sign-in page, which comes back here. */
export async function signedIn(queryClient: QueryClient, href: string): Promise<Session> {
  const session = await queryClient.ensureQueryData(sessionQuery);
  if (session === null) throw redirect({ to: '/sign-in', search: { next: href } });
  return session;
}
