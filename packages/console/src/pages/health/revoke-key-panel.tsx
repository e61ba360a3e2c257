import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouteContext } from '@tanstack/react-router';
import { answered, api } from '../../api/client.ts';
import { shownText } from '../../characters.ts';
import { Button } from '../../components/button.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { Note } from '../../components/note.tsx';
import { SidePanel } from '../../components/side-panel.tsx';
import { tell } from '../../components/toast-manager.ts';
import { texts } from '../../texts/texts.ts';
import { keysKey } from './queries.ts';

const words = texts.health.keys;

/** Ends a key for good, once it is said what that means. */
export function RevokeKeyPanel({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const { session } = useRouteContext({ from: '/e/$environment' });
  const isOwn = session.key.name === name;
  const revoke = useMutation({
    mutationFn: () => answered(api.POST('/v1/keys/revoke', { body: { name, ...(isOwn && { self: true }) } })),
    onSuccess: async () => {
      tell({ title: words.revokedNow(shownText(name)) });
      onClose();
      await queryClient.invalidateQueries({ queryKey: keysKey });
    },
  });
  return (
    <SidePanel open onClose={onClose} title={words.revokeTitle}>
      <p>{words.revokeWords(shownText(name))}</p>
      {isOwn && <Note tone="held">{words.revokeSelf}</Note>}
      {revoke.error !== null && <ErrorNote error={revoke.error} />}
      <Button look="danger" disabled={revoke.isPending} onClick={() => revoke.mutate()}>
        {words.revoke(shownText(name))}
      </Button>
    </SidePanel>
  );
}
