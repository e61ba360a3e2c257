import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { queryClient } from '../api/query-client.ts';
import { signOut } from '../api/session.ts';

/** Ends the session, and forgets what it has shown. */
export function useSignOut(): () => void {
  const router = useRouter();
  const { mutate } = useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      await router.navigate({ to: '/sign-in' });
      queryClient.clear();
    },
  });
  return mutate;
}
