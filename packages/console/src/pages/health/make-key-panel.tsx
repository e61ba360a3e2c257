import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import { SidePanel } from '../../components/side-panel.tsx';
import { texts } from '../../texts/texts.ts';
import type { KeyDraft } from './key-draft.ts';
import { MakeKeyForm } from './make-key-form.tsx';
import { NewSecret } from './new-secret.tsx';
import { keysKey } from './queries.ts';

/** Makes a key, and shows its secret until the panel is closed. */
export function MakeKeyPanel({ onClose }: { readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const make = useMutation({
    mutationFn: (draft: KeyDraft) => answered(api.POST('/v1/keys', { body: draft })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keysKey }),
    // The secret leaves the memory with the panel.
    gcTime: 0,
  });
  return (
    <SidePanel open onClose={onClose} title={texts.health.keys.make}>
      {make.data === undefined ? (
        <MakeKeyForm onMake={make.mutate} isPending={make.isPending} error={make.error?.message ?? null} />
      ) : (
        <NewSecret name={make.data.key.name} secret={make.data.secret} onDone={onClose} />
      )}
    </SidePanel>
  );
}
