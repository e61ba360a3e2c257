import { useNavigate, useParams, useRouteContext } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useEnvironment } from '../shell/use-environment.ts';
import { useSignOut } from '../shell/use-sign-out.ts';
import { type Command, commandsAt } from './commands.ts';

/** What can be done from the page that is shown. */
export function useCommands(): readonly Command[] {
  const environment = useEnvironment();
  const { session } = useRouteContext({ from: '/e/$environment' });
  const { id } = useParams({ strict: false });
  const navigate = useNavigate();
  const signOut = useSignOut();
  return useMemo(
    () =>
      commandsAt({
        environment,
        environments: session.key.environments,
        scopes: session.key.scopes,
        person: id ?? null,
        navigate,
        signOut,
      }),
    [environment, session, id, navigate, signOut],
  );
}
