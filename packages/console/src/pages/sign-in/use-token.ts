import { useState } from 'react';

const prefix = '#token=';

/** The token of a link that signs in once. It leaves the address at once, so that no history keeps it. */
function takeToken(): string | null {
  const { hash, pathname, search } = location;
  if (!hash.startsWith(prefix)) return null;
  history.replaceState(history.state, '', pathname + search);
  return decodeURIComponent(hash.slice(prefix.length));
}

// Once for the page, however often components are made: the token works once.
const taken = takeToken();

export function useToken() {
  const [token, setToken] = useState(taken);
  return { token, spent: () => setToken(null) };
}
