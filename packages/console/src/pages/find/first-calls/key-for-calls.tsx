import { useMutation } from '@tanstack/react-query';
import { answered, api } from '../../../api/client.ts';
import { Button } from '../../../components/button.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { ErrorNote } from '../../../components/error-note.tsx';
import { Note } from '../../../components/note.tsx';
import { useEnvironment } from '../../../shell/use-environment.ts';
import { useScopes } from '../../../shell/use-scopes.ts';
import { texts } from '../../../texts/texts.ts';
import { newKeyName } from './new-key-name.ts';

const { first } = texts.find;

/** A publishable key for the calls: the one that somebody has, or a new one. */
export function KeyForCalls({ onMade }: { readonly onMade: (secret: string) => void }) {
  const environment = useEnvironment();
  const mayMake = useScopes().includes('keys');
  const make = useMutation({
    mutationFn: () =>
      answered(
        api.POST('/v1/keys', {
          body: { name: newKeyName(environment, new Date()), kind: 'publishable', environments: [environment] },
        }),
      ),
    onSuccess: ({ secret }) => onMade(secret),
  });
  if (make.data !== undefined)
    return (
      <Note>
        <p role="status">{first.made(make.data.key.name)}</p>
        <p>
          <code>{make.data.secret}</code> <CopyButton text={make.data.secret} what={first.secret} />
        </p>
      </Note>
    );
  return (
    <Note>
      <p>{mayMake ? first.key : first.keyWithoutScope}</p>
      {mayMake && (
        <Button disabled={make.isPending} onClick={() => make.mutate()}>
          {first.makeKey}
        </Button>
      )}
      {make.error !== null && <ErrorNote error={make.error} onRetry={() => make.mutate()} />}
    </Note>
  );
}
