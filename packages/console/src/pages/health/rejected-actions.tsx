import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answered, api } from '../../api/client.ts';
import { forgetEnvironment } from '../../api/query-client.ts';
import { Button } from '../../components/button.tsx';
import { tell } from '../../components/toast-manager.ts';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { replayAll } from './replay-all.ts';

const words = texts.health.rejected;

/** What can be done with all that are shown. Deleting asks once more: nothing brings them back. */
export function RejectedActions({ errorCode }: { readonly errorCode: string | null }) {
  const environment = useEnvironment();
  const [sure, setSure] = useState(false);
  const selection = { environment, all: true as const, ...(errorCode !== null && { error_code: errorCode }) };
  const ended = {
    onError: (error: Error) => tell({ title: error.message }),
    onSettled: () => forgetEnvironment(environment),
  };

  const replay = useMutation({
    mutationFn: () => replayAll(selection),
    onSuccess: ({ replayed, failed }) => tell({ title: words.replayed(replayed, failed) }),
    ...ended,
  });
  const discard = useMutation({
    mutationFn: () => answered(api.POST('/v1/dead-letters/discard', { body: selection })),
    onSuccess: ({ discarded }) => {
      setSure(false);
      tell({ title: words.discarded(discarded) });
    },
    ...ended,
  });

  const isBusy = replay.isPending || discard.isPending;
  return (
    <>
      <Button disabled={isBusy} onClick={() => replay.mutate()}>
        {words.replay}
      </Button>
      {sure ? (
        <Button look="danger" disabled={isBusy} onClick={() => discard.mutate()}>
          {words.discardSure(words.ofThese(errorCode))}
        </Button>
      ) : (
        <Button disabled={isBusy} onClick={() => setSure(true)}>
          {words.discard}
        </Button>
      )}
    </>
  );
}
