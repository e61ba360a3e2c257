import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { sessionQuery, signIn } from '../../api/session.ts';

/** Signs in, and goes on to where somebody wanted to be. */
export function useSignIn() {
  const queryClient = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ from: '/sign-in' });
  return useMutation({
    mutationFn: signIn,
    onSuccess: (session) => {
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
      void (next === undefined ? router.navigate({ to: '/' }) : router.navigate({ href: next }));
    },
  });
}
