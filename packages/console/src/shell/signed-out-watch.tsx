import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { isSignedOut } from '../api/api-error.ts';
import { sessionQuery } from '../api/session.ts';

/** An answer that says nobody is signed in leads to the sign-in page, and from there back to this address. */
export function SignedOutWatch() {
  const queryClient = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    const hear = (error: unknown) => {
      if (!isSignedOut(error) || router.state.location.pathname.endsWith('/sign-in')) return;
      queryClient.setQueryData(sessionQuery.queryKey, null);
      void router.navigate({ to: '/sign-in', search: { next: router.state.location.href, ended: true } });
    };
    const ends = [
      queryClient.getQueryCache().subscribe(({ query }) => hear(query.state.error)),
      queryClient.getMutationCache().subscribe(({ mutation }) => hear(mutation?.state.error)),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [queryClient, router]);
  return null;
}
