import { useRouteContext } from '@tanstack/react-router';

/** What the key of this session may do. */
export const useScopes = (): readonly string[] => useRouteContext({ from: '/e/$environment' }).session.key.scopes;
